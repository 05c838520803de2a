-- SPDX-License-Identifier: BSD-3-Clause
-- full: reads as zero; whatever would need space fails.  Reading never enters this script.

description = "reads as zero; writing finds no space left"

parameters = {
    size = { "size", required = true, bare = true, doc = "virtual size of the disk" },
}

thread_model = "parallel"

function get_ready() disk = stele.null(config.size) end

function open() return disk end

local function no_space() stele.fail("ENOSPC", "the disk is full") end

pwrite, trim, zero = no_space, no_space, no_space
