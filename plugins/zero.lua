-- SPDX-License-Identifier: BSD-3-Clause
-- zero: a read-only disk of no bytes at all, for trying how clients bear that.

description = "a disk of length zero"

thread_model = "parallel"

function get_ready() disk = stele.fill(0) end

function open() return disk end
