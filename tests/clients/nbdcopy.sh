#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdcopy: files and pipes to disks, disks to disks, any number of connections and requests.
. "$SRCDIR/tests/functions"
need nbdcopy

head -c 5000001 /dev/urandom >random

serve memory 8M
for how in '' --synchronous '--connections=1 --requests=1' '--connections=8 --requests=128' \
    '--request-size=4096' '--no-extents' '--allocated' '--destination-is-zero'; do
    nbdcopy $how random "$uri"
    nbdcopy $how "$uri" back
    cmp -n 5000001 random back
    same "$(stat -c %s back)" 8388608
done
nbdcopy "$uri" - | head -c 5000001 | cmp - random
nbdcopy - "$uri" <random
nbdcopy "$uri" back
cmp -n 5000001 random back

# From one server into another.
nbdcopy "$uri" -- [ "$STELE" memory 8M ]
nbdcopy -- [ "$STELE" memory 8M ] "$uri"
nbdcopy "$uri" zeroes
truncate -s 8M nothing
cmp zeroes nothing
stop_server
