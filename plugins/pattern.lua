-- SPDX-License-Identifier: BSD-3-Clause
-- pattern: a read-only disk of which every 8 bytes are their own offset, big endian.

description = "every 8 bytes read as their own offset"

parameters = {
    size = { "size", required = true, bare = true, doc = "virtual size of the disk" },
}

thread_model = "parallel"

function get_ready() disk = stele.pattern(config.size) end

function open() return disk end
