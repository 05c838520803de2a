-- SPDX-License-Identifier: BSD-3-Clause
-- Extents as scripts may tell them, in each megabyte another way.
function get_size(handle) return 6 << 20 end
function contexts(handle) return { "test:megabytes" } end
function pread(handle, count, offset) return ("x"):rep(count) end

local M <const> = 1 << 20
local ways = {
    -- All of the disk, though only a part was asked about.
    [0] = function() return { { 0, 1000, 0 }, { 1000, 2000, 3 }, { 3000, 6 * M - 3000, 2 } } end,
    -- Two of one type that overlap, and an empty one.
    function(o) return { { o, 10, 1 }, { o + 10, 0, 2 }, { o + 5, 25, 1 }, { o + 30, 70, 0 } } end,
    -- Less than was asked about.
    function(o) return { { o, 1, 3 } } end,
    -- A gap.
    function(o) return { { o, 1, 0 }, { o + 2, 1, 0 } } end,
    -- A beginning that is too late.
    function(o) return { { o + 1, 10, 0 } } end,
    -- Nothing.
    function() return {} end,
}

function extents(handle, count, offset, flags, context)
    if context == "test:megabytes" then return { { offset, count, offset // M } } end
    return ways[offset // M](offset)
end
