#!/usr/bin/env -S stele lua
-- SPDX-License-Identifier: BSD-3-Clause
-- A disk of bytes that Lua keeps: each client gets one of its own, gone when it leaves.
-- Shows parameters, a handle, and the callbacks that most disks want.
--
--     stele languages/lua/example.lua 1M --run 'nbdinfo "$uri"'

description = "a small disk for each client, kept in Lua"

parameters = {
    size = { "size", default = "1M", bare = true, doc = "virtual size of the disk" },
}

can_multi_conn = false -- each connection sees other bytes

function open(readonly)
    stele.debug("export", stele.export_name(), "readonly", readonly)
    return { bytes = stele.buffer(config.size) }
end

function get_size(h) return #h.bytes end

function pread(h, count, offset) return h.bytes:get(offset, count) end

function pwrite(h, data, offset) h.bytes:set(offset, data) end

function zero(h, count, offset) h.bytes:fill(0, offset, count) end

function flush(h) end
