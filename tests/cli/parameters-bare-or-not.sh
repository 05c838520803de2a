#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What stands before the first '=' makes a parameter a pair or a bare word.
. "$SRCDIR/tests/functions"
need nbdinfo

size() { "$STELE" "$@" --run 'nbdinfo --size "$uri"'; }
truncate -s 4096 a=b 1=2 =x
same "$(size file ./a=b)" 4096
same "$(size file file=a=b)" 4096
same "$(size file 1=2)" 4096
same "$(size file =x)" 4096
refused "$STELE" -f -U sock file a=b
holds "$said" "'a'"
