#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# delay: requests wait, and wait side by side without holding threads.
. "${0%/*}/clients.inc"

client --filter=delay memory 1M rdelay=300ms delay-write=0.2 delay-zero=100ms <<'END'
def took(work, *args):
    start = time.monotonic()
    work(*args)
    return time.monotonic() - start
assert took(h.pread, 512, 0) >= 0.3
assert took(h.pwrite, bytes(512), 0) >= 0.2
assert took(h.zero, 512, 0) >= 0.1
END

client --filter=delay memory 1M wdelay=1 delay-fast-zero=false <<'END'
assert h.can_fast_zero()
fails("ENOTSUP", h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO)
END

# Coming and leaving can take time, too.
start=$(date +%s%N)
client --filter=delay memory 1M delay-open=400ms delay-close=300ms <<'END'
assert h.get_size() == 1 << 20
h.shutdown()
END
test $((($(date +%s%N) - start) / 1000000)) -ge 700 || fail "delay-open or delay-close did not wait"

# 1000 reads on each of ten connections, asleep at once.
n=1000
[ -z "${STELE_HOSTILE-}" ] || n=16 # as many as a connection may have in flight then
export n
client -P "$PWD/pid" --filter=delay memory 1M rdelay=2 <<'END'
handles = [h]
for i in range(9):
    handles.append(nbd.NBD())
    handles[-1].connect_uri(h.get_uri())
def threads():
    for line in open("/proc/%s/status" % open("pid").read().strip()):
        if line.startswith("Threads:"):
            return int(line.split()[1])
cookies = [(x, x.aio_pread(nbd.Buffer(512), 512 * i)) for x in handles for i in range(int(os.environ["n"]))]
for x in handles:
    while x.aio_in_flight() and x.aio_get_direction() & nbd.AIO_DIRECTION_WRITE:
        x.poll(0)
many = threads()
for x, cookie in cookies:
    while not x.aio_command_completed(cookie):
        x.poll(-1)
assert many < 40, many
END

refuses 'rdelay' --filter=delay memory 1M rdelay=fast
