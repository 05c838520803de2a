#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's nbd plugin: the disk of another server, with its holes, its exports and its errors.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin nbd
need nbdcopy nbdsh nbdinfo

head -c 5000001 /dev/urandom >random
export plugin

serve memory 1G
export far="$uri"
"$STELE" -U - "$plugin" "$uri" --run 'nbdcopy random "$uri"'
nbdcopy "$uri" - | head -c 5000001 | cmp - random
"$STELE" -U - "$plugin" uri="$uri" shared=true --run '
    nbdcopy "$uri" - | head -c 5000001 | cmp - random
    nbdinfo --map --totals "$far" >there
    nbdinfo --map --totals "$uri" >here
    cmp there here
    nbdsh -u "$uri" -c "
h.zero(1 << 20, 1 << 20)
h.trim(1 << 20, 3 << 20)
h.cache(4096, 0)
h.flush(0)
h.pwrite(b\"forced\", 100, nbd.CMD_FLAG_FUA)
far = nbd.NBD()
far.connect_uri(\"$far\")
assert far.pread(6, 100) == b\"forced\"
assert far.pread(1 << 20, 1 << 20) == bytes(1 << 20)
"'
stop_server

# Another server that it starts itself; and what cannot be reached is said.
same "$("$STELE" -U - "$plugin" command="$STELE" arg=memory arg=3M \
    --run 'nbdinfo --size "$uri"')" 3145728
refused "$STELE" -U - "$plugin" socket="$PWD/nobody" --run 'nbdinfo --size "$uri"'
holds "$said" "No such file"
