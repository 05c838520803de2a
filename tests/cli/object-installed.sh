#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Plugins of nbdkit's that are installed go by short names: shared objects, and scripts for them.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin pattern

# A name that a built-in has is the built-in's.
same "$("$STELE" floppy --dump-plugin | sed -n 's/^language=//p')" object
same "$("$STELE" memory --dump-plugin 1M | sed -n 's/^language=//p')" lua
same "$("$STELE" partitioning --dump-plugin | sed -n 's/^name=//p')" partitioning
refused "$STELE" partitoning
holds "$said" "there is no plugin 'partitoning': did you mean 'partitioning'?"

# A script, whose first line says which plugin reads it.
need_nbdkit_plugin perl
[ -e "$nbdkit_plugins/nbdkit-example4-plugin" ] || skip "nbdkit's example4 is not installed"
need nbdsh
"$STELE" example4 --dump-plugin >dump
holds "$(cat dump)" "path=$plugin"
holds "$(cat dump)" "name=perl"
holds "$(cat dump)" "example4_extra=hello"
"$STELE" example4 size=4096 --run 'nbdsh -u "$uri" -c "assert h.pread(4096, 0) == bytes(4096)"'
