#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Sixteen connections see one disk, what one has flushed the others read, and many
# requests in flight on each come back with their own answers.
. "$SRCDIR/tests/functions"
need nbdsh

serve memory 64M
export uri
nbdsh -c - <<'PY'
import os
K = 1024
def connected():
    h = nbd.NBD()
    h.connect_uri(os.environ["uri"])
    return h
many = [connected() for _ in range(16)]
for n, h in enumerate(many):
    h.pwrite(bytes([n + 1]) * 64 * K, n * 64 * K)
    h.flush()
for h in many:
    for n in range(16):
        assert h.pread(64 * K, n * 64 * K) == bytes([n + 1]) * 64 * K

buffers = []
for n, h in enumerate(many):
    for i in range(64):
        b = nbd.Buffer(4 * K)
        at = ((n * 7 + i * 13) % 256) * 4 * K
        buffers.append((h, h.aio_pread(b, at), b, at))
for h, cookie, b, at in buffers:
    while not h.aio_command_completed(cookie):
        h.poll(-1)
    assert b.to_bytearray() == bytes([at // (64 * K) + 1]) * 4 * K
for h in many:
    h.shutdown()
PY
stop_server
