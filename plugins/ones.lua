-- SPDX-License-Identifier: BSD-3-Clause
-- ones: a read-only disk of which every byte is the same, 0xff unless told otherwise.

description = "every byte is the same, 0xff by default"

parameters = {
    size = { "size", required = true, bare = true, doc = "virtual size of the disk" },
    byte = { "unsigned", default = "255", label = "BYTE", doc = "the byte, 0 to 255" },
}

thread_model = "parallel"

function get_ready() disk = stele.fill { size = config.size, byte = config.byte } end

function open() return disk end
