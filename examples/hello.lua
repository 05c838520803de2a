#!/usr/bin/env -S stele lua
parameters = { size = { "size", default = "1k", doc = "virtual size of the disk" } }

function get_size() return config.size end

function pread(handle, count, offset)
    local bytes = ("hello, world\n"):rep((offset + count) // 13 + 1)
    return bytes:sub(offset + 1, offset + count)
end
