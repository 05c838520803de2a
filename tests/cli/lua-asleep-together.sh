#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Callbacks that sleep hold neither threads nor each other up: reads in flight sleep side by
# side, each in its own stele.sleep, and the script needs no thread model for that.
. "$SRCDIR/tests/functions"
need nbdsh

# A read is answered when all have come, so none may keep the next one out.
n=200
[ -z "${STELE_HOSTILE-}" ] || n=16 # as many as a connection may have in flight then
cat >slow.lua <<END
n = $n
END
cat >>slow.lua <<'END'
get_size = "1M"
asleep = 0
function pread(h, count)
    asleep = asleep + 1
    while asleep < n do stele.sleep(0.01) end
    return ("s"):rep(count)
end
END
"$STELE" slow.lua --run 'nbdsh -u "$uri" -c - <<END
buffers = [nbd.Buffer(512) for i in range('$n')]
cookies = [h.aio_pread(b, 512 * i) for i, b in enumerate(buffers)]
while h.aio_in_flight() > 0:
    h.poll(-1)
assert all(h.aio_command_completed(c) for c in cookies)
assert all(b.to_bytearray() == b"s" * 512 for b in buffers)
END'
