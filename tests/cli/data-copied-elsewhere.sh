#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The data plugin finds the modules that it is made of as any script finds its own: in the
# folder beside it, wherever that is, and through a link.  They are no plugins themselves.
. "$SRCDIR/tests/functions"
need_lpeg

mkdir -p far/away near
cp -r "$SRCDIR/plugins/data.lua" "$SRCDIR/plugins/data" far/away/
ln -s ../far/away/data.lua near/link.lua
for script in far/away/data.lua near/link.lua; do
    holds "$("$STELE" "$script" --explain '1 2 "a"')" "01 02 61"
    (cd near && holds "$("$STELE" "../$script" --explain '( 1 )*512')" "512 bytes")
done

echo 'return { answer = 42 }' >far/away/data/plan.lua
refused "$STELE" far/away/data.lua --explain 1
same "$("$STELE" data --explain 1 | head -n 1)" "1 bytes"

refused "$STELE" plan 1
holds "$said" "there is no plugin 'plan'"
refused "$STELE" data.plan 1
refused "$STELE" data/plan 1
