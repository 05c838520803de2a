#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# memory: the allocator's own options, and what is said of mistakes.
. "${0%/*}/clients.inc"

for allocator in malloc,mlock=true malloc,mlock=false malloc,mlock zstd,level=3; do
    client memory 64k allocator=$allocator <<'END'
h.pwrite(b"x", 65535)
assert h.pread(1, 65535) == b"x"
END
done
client memory 1M allocator=zstd level=5 <<'END'
h.pwrite(b"x" * 1000000, 1)
assert h.pread(2, 0) == b"\0x"
END
client memory 100M limit=1M <<'END'
fails("ENOSPC", h.pwrite, os.urandom(4 << 20), 0)
END

refuses size memory
refuses sparse memory 1M allocator=spars
refuses 'mlock and level' memory 1M allocator=malloc,lock=true
refuses size memory sise=1M
refuses 1MB memory 1MB
"$STELE" memory --dump-plugin >dump
for line in mlock=yes zstd= magic_config_key=size thread_model=parallel; do
    grep -q "^$line" dump || fail "--dump-plugin lacks $line"
done
"$STELE" memory --help | grep -q 'size=' || fail "--help lacks size="
