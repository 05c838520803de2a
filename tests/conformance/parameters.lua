-- SPDX-License-Identifier: BSD-3-Clause
-- A disk of `size` bytes, all of them the first letter of `word`.
local given = {}

function magic_config_key() return "size" end

function config(key, value)
    if key ~= "size" and key ~= "word" then error("there is no parameter '" .. key .. "'") end
    if given[key] then stele.fail("EEXIST", key .. " was given twice") end
    given[key] = value
end

function config_complete()
    if not given.size then error("size is missing") end
    given.size = stele.parse_size(given.size)
end

function get_ready()
    if given.word == "fail" then error("it cannot get ready") end
end

function get_size(handle) return given.size end
function pread(handle, count, offset) return (given.word or "x"):sub(1, 1):rep(count) end
