-- SPDX-License-Identifier: BSD-3-Clause
-- A disk whose every page is the same prepared string: what a script with a pread of its
-- own costs.  Written to the interface that both servers have:
--
--     stele lua bench/lua.lua            nbdkit lua bench/lua.lua

local page = string.rep("Stele: a block of stone with a script on it.\n", 100):sub(1, 4096)

function open(readonly)
    return true
end

function get_size(h)
    return 64 * 1024 * 1024
end

function pread(h, count, offset)
    if count == 4096 then
        return page
    end
    return string.rep(page, count // 4096 + 1):sub(1, count)
end
