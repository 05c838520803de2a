#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# libnbd, one request at a time: structured replies, block status, trim, zero, FUA, cache.
. "$SRCDIR/tests/functions"
need nbdsh

serve memory 1G
nbdsh --base-allocation -u "$uri" -c - <<'PY'
M = 1 << 20
assert h.get_size() == 1 << 30
assert h.get_structured_replies_negotiated()
assert h.get_protocol() == "newstyle-fixed"
assert h.can_meta_context(nbd.CONTEXT_BASE_ALLOCATION)
for can in h.can_flush, h.can_fua, h.can_trim, h.can_zero, h.can_df, h.can_multi_conn, h.can_cache:
    assert can() is True, can
assert not h.is_read_only() and not h.is_rotational()

def map(count, offset, flags=0):
    entries = []
    def extent(context, offset, e, error):
        assert context == "base:allocation"
        entries.extend(zip(e[::2], e[1::2]))
    h.block_status(count, offset, extent, flags)
    return entries

assert map(1 << 30, 0) == [(1 << 30, 3)]
h.pwrite(b"stele" * 1000, 3 * M - 2)
assert h.pread(5000, 3 * M - 2) == b"stele" * 1000
assert h.pread(3, 3 * M - 5) == bytes(3)
assert any(kind == 0 for _, kind in map(M, 3 * M - 65536))
assert len(map(1 << 30, 0, nbd.CMD_FLAG_REQ_ONE)) == 1

# A structured read tells holes from data.
chunks = []
def chunk(data, offset, status, error):
    chunks.append((offset, len(data), status))
data = h.pread_structured(2 * M, 2 * M, chunk)
assert data == bytes(M - 2) + b"stele" * 1000 + bytes(M - 4998)
assert any(status == nbd.READ_HOLE for _, _, status in chunks), chunks
assert any(status == nbd.READ_DATA for _, _, status in chunks), chunks
assert sum(length for _, length, _ in chunks) == 2 * M
chunks.clear()
h.pread_structured(2 * M, 2 * M, chunk, nbd.CMD_FLAG_DF)
assert len(chunks) == 1, chunks

h.pwrite(b"x" * M, 0, nbd.CMD_FLAG_FUA)
h.zero(4096, 0)
h.zero(4096, 8192, nbd.CMD_FLAG_NO_HOLE)
h.zero(65536, 65536, nbd.CMD_FLAG_FUA)
h.trim(65536, 131072, nbd.CMD_FLAG_FUA)
h.cache(M, 0)
h.flush()
expect = bytearray(b"x" * M)
for start, count in (0, 4096), (8192, 4096), (65536, 65536), (131072, 65536):
    expect[start:start + count] = bytes(count)
assert h.pread(M, 0) == expect

# What no disk does: the request fails, the connection lives.
h.set_strict_mode(0)
for wrong in (lambda: h.pread(1, 1 << 30), lambda: h.pwrite(b"12", (1 << 30) - 1),
              lambda: h.zero(2, (1 << 30) - 1), lambda: h.trim(1, 1 << 40)):
    try:
        wrong()
        assert False, "past the end and no error"
    except nbd.Error as e:
        assert e.errno in ("EINVAL", "ENOSPC"), e.errno
assert h.pread(5, 3 * M - 2) == b"stele"

# Fast zero either does it or says no at once.
if h.can_fast_zero():
    h.zero(M, 0, nbd.CMD_FLAG_FAST_ZERO)
    assert h.pread(M, 0) == bytes(M)
h.shutdown()
PY
stop_server

# A read-only disk refuses each way of writing.
serve -r memory 1M
nbdsh -u "$uri" -c - <<'PY'
h.set_strict_mode(0)
assert h.is_read_only()
for write in lambda: h.pwrite(b"1", 0), lambda: h.zero(1, 0), lambda: h.trim(1, 0):
    try:
        write()
        assert False
    except nbd.Error as e:
        assert e.errno in ("EPERM", "EINVAL"), e.errno
PY
stop_server
