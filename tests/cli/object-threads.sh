#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a compiled plugin says of threads is so: parallel calls meet, serialised ones never overlap.
. "$SRCDIR/tests/functions"
need nbdsh

cat >meet.py <<'END2'
buffers = [nbd.Buffer(512), nbd.Buffer(512)]
for i, buffer in enumerate(buffers):
    h.aio_pread(buffer, 512 * i)
while h.aio_in_flight():
    h.poll(-1)
END2
cat >crowd.py <<'END2'
import os
handles = []
for i in range(3):
    n = nbd.NBD()
    n.connect_uri(os.environ["uri"])
    handles.append(n)
done = []
for i in range(60):
    for n in handles:
        buffer = nbd.Buffer(512)
        n.aio_pread(buffer, 0, completion=lambda error, b=buffer: done.append(b.to_bytearray()[0:1]) or 1)
for n in handles:
    while n.aio_in_flight():
        n.poll(-1)
assert len(done) == 180
assert all(b == b"0" for b in done), "calls overlap"
END2
compile threads meet.so -DMEET
"$STELE" ./meet.so --run 'nbdsh -u "$uri" -c - <meet.py'

# crowd FLAGS...
crowd() {
    compile threads crowd.so "$@"
    "$STELE" ./crowd.so --run 'uri=$uri nbdsh -c - <crowd.py' || fail "$*"
}
crowd -DTHREAD_MODEL=NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS
crowd -DTHREAD_MODEL=NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS -DBY_HANDLE
crowd -DCHOSEN=NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS
crowd -DTHREAD_MODEL=NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS -DCHOSEN=NBDKIT_THREAD_MODEL_PARALLEL
"$STELE" ./crowd.so --dump-plugin >dump
holds "$(cat dump)" "thread_model=serialize_all_requests"
compile threads one.so -DTHREAD_MODEL=NBDKIT_THREAD_MODEL_SERIALIZE_CONNECTIONS
"$STELE" ./one.so --dump-plugin >dump
holds "$(cat dump)" "max_thread_model=serialize_connections"
