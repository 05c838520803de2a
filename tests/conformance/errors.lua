-- SPDX-License-Identifier: BSD-3-Clause
-- The n-th byte of the disk cannot be read for the n-th reason.  Other requests fail with
-- EIO, and a sentence that names them.
local names = { "EPERM", "EROFS", "EACCES", "EIO", "ENOMEM", "EINVAL", "ENOENT", "EBUSY",
    "EEXIST", "ERANGE", "ENOSPC", "EDQUOT", "EFBIG", "ESHUTDOWN", "ETIMEDOUT", "EDEADLK" }

function get_size(handle) return #names + 1 end

function pread(handle, count, offset)
    local name = names[offset + 1]
    if name == "EDEADLK" then stele.fail(35, "this is EDEADLK") end
    if name then stele.fail(name, "this is " .. name) end
    error("this has no errno")
end

function pwrite(handle, data, offset) error("it cannot be written") end
function flush(handle) error("it cannot be flushed") end
function trim(handle, count, offset) error("it cannot be trimmed") end
function zero(handle, count, offset) error("it cannot be zeroed") end
function cache(handle, count, offset) error("it cannot be cached") end
function extents(handle, count, offset) error("its holes are unknown") end
