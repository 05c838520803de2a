#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk arrives whole through a stack of filters, in both directions, over several
# connections, with requests that overtake each other.
. "${0%/*}/clients.inc"
need nbdcopy cmp

head -c 5000000 /dev/urandom >source
truncate -s 12M source
"$STELE" -U - --filter=fua --filter=nozero --filter=log --filter=error --filter=delay \
    --filter=offset --filter=cow memory 20M offset=3M range=12M fuamode=force \
    zeromode=emulate logfile="$PWD/log" wdelay=1ms rdelay=1ms --run '
    nbdcopy source "$uri" && nbdcopy --connections=4 "$uri" copy' || fail "nbdcopy failed"
cmp source copy || fail "other bytes came back"
