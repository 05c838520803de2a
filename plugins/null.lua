-- SPDX-License-Identifier: BSD-3-Clause
-- null: reads as zero and forgets what is written.

description = "reads as zero, forgets what is written"

parameters = {
    size = { "size", default = "0", bare = true, doc = "virtual size of the disk" },
}

thread_model = "parallel"

function get_ready() disk = stele.null(config.size) end

function open() return disk end
