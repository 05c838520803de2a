#!/usr/bin/env -S stele lua
-- SPDX-License-Identifier: BSD-3-Clause
-- A disk of your own: a table of blocks.  Make it executable and run it:
--
--     ./disk.lua size=100M --run 'nbdinfo "$uri"'

parameters = {
    size = { "size", required = true, doc = "virtual size of the disk" },
}

local BLOCK = 4096
local zeroes = string.rep("\0", BLOCK)
local blocks = {}

function get_size()
    return config.size
end

function pread(handle, count, offset)
    local parts = {}
    for n = offset // BLOCK, (offset + count - 1) // BLOCK do
        parts[#parts + 1] = blocks[n] or zeroes
    end
    local skip = offset % BLOCK
    return table.concat(parts):sub(skip + 1, skip + count)
end

function pwrite(handle, data, offset)
    local at = 1
    while at <= #data do
        local n, start = offset // BLOCK, offset % BLOCK
        local piece = data:sub(at, at + BLOCK - start - 1)
        local old = blocks[n] or zeroes
        blocks[n] = old:sub(1, start) .. piece .. old:sub(start + #piece + 1)
        at, offset = at + #piece, offset + #piece
    end
end

function flush() end
