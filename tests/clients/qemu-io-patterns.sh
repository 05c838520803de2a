#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# qemu-io writes, zeroes, discards and flushes, and reads each back, odd offsets included.
. "$SRCDIR/tests/functions"
need qemu-io

serve memory 16M
qemu-io -f raw -t writeback "$uri" >log 2>&1 \
    -c 'write -P 0xa5 0 4M' \
    -c 'write -P 0x5a 4094 1026' \
    -c 'read -P 0xa5 0 4094' \
    -c 'read -P 0x5a 4094 1026' \
    -c 'read -P 0xa5 5120 1M' \
    -c 'write -z 1M 64k' \
    -c 'write -z -u 2M 64k' \
    -c 'discard 3M 64k' \
    -c 'read -P 0 1M 64k' \
    -c 'read -P 0 2M 64k' \
    -c 'read -P 0 3M 64k' \
    -c 'read -P 0xa5 1114112 100k' \
    -c 'write -f -P 0x11 8M 1M' \
    -c 'flush' \
    -c 'read -P 0x11 8M 1M' \
    -c 'aio_write -P 1 9M 512k' \
    -c 'aio_write -P 2 10M 512k' \
    -c 'aio_flush' \
    -c 'read -P 1 9M 512k' \
    -c 'read -P 2 10M 512k' \
    -c 'write -P 9 16777215 1' \
    -c 'read -P 9 16777215 1' || fail "$(cat log)"
if grep -iE 'fail|error|verif' log; then fail "$(cat log)"; fi
stop_server
