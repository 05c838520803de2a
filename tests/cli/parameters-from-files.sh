#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# @FILE stands for the parameters in FILE, and for those in files that it names.
. "$SRCDIR/tests/functions"
need nbdinfo

size() { "$STELE" memory "$@" --run 'nbdinfo --size "$uri"'; }
printf '# a comment\n\n  size=1M  \n' >params
same "$(size @params)" 1048576
echo 2M >bare
same "$(size @bare)" 2097152
mkdir -p sub/deeper
echo @deeper/inner >sub/outer
printf '@last\n' >sub/deeper/inner
echo size=3M >sub/deeper/last
same "$(size @sub/outer)" 3145728
same "$(size @"$PWD"/sub/outer)" 3145728
# The last one counts.
same "$(size 5M @params)" 1048576

refused "$STELE" -f -U sock memory @missing
holds "$said" "missing"
refused "$STELE" -f -U sock memory @sub
holds "$said" "sub"
echo @loop >loop
refused "$STELE" -f -U sock memory @loop
holds "$said" "without end"
