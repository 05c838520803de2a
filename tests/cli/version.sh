#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --version names the program, then each filter and the plugin.
. "$SRCDIR/tests/functions"

"$STELE" --version | grep -Eqx 'stele [0-9]+\.[0-9]+\.[0-9]+' || fail "$("$STELE" --version)"
same "$("$STELE" -V --filter=readonly --filter=offset memory | cut -d' ' -f1)" "stele
readonly
offset
memory"
