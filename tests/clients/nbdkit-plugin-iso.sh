#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's iso plugin: folders are served as one CD.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin iso
need xorriso nbdcopy

mkdir -p one two/inside
echo hello >one/hello
head -c 300000 /dev/urandom >two/inside/random

"$STELE" -U - "$plugin" one two params='-JrT -V STONE' --run 'nbdcopy "$uri" disk' \
    >said 2>&1 || fail "$(cat said)"
xorriso -osirrox on -indev disk -extract / back >said 2>&1 || fail "$(cat said)"
holds "$(cat said)" STONE
cmp one/hello back/hello
cmp two/inside/random back/inside/random

refused "$STELE" -U - "$plugin" one prog=false --run true
refused "$STELE" -U - "$plugin" --run true
holds "$said" dir
