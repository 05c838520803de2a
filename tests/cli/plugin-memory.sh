#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# memory: zero until written, sparse where not, however the bytes are kept.
. "${0%/*}/clients.inc"

for allocator in sparse malloc zstd; do
    client memory 10M allocator=$allocator <<'END'
assert h.get_size() == 10 << 20
assert h.pread(512, 0) == bytes(512)
h.pwrite(b"abc", 65535)
assert h.pread(5, 65534) == b"\0abc\0"
h.zero(2, 65535)
assert h.pread(5, 65534) == b"\0\0\0c\0"
h.trim(1 << 20, 0)
assert h.pread(5, 65534) == bytes(5)
h.flush()
fails("ENOSPC", h.pwrite, bytes(512), 10 << 20)
END
done

client memory 1E <<'END'
assert h.get_size() == 1 << 60
h.pwrite(b"x" * 65536, 1 << 59)
assert extents(h, 1 << 20, 1 << 59)[0] == (65536, 0)
assert extents(h, 1 << 20, 0) == [(1 << 20, 3)]
END

# One disk for all clients.
client memory size=1M <<'END'
h.pwrite(b"seen", 0)
other = nbd.NBD()
other.connect_uri(h.get_uri())
assert other.pread(4, 0) == b"seen"
END
