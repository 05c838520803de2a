#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --explain prints what the disk is made of, and serves nothing.
. "$SRCDIR/tests/functions"
need_lpeg

wanted='2566 bytes
              offset                 size  what
                   0                 2566  ( ... )
                   0                    3      01 02 03
                 512                 1026      times 2
                   0                  513          ( ... )
                   0                    1              05
                 512                    1              06
                1538                 1026      times 2, as above
                2564                    2      61 62'
same "$("$STELE" data --explain '1 2 3 @^512 (5 @512 6)*2 -> \a \a \a "ab"')" "$wanted"
same "$("$STELE" data --explain ' @1' size=10)" "10 bytes
              offset                 size  what
                   0                   10  ( ... )
                   0                    1      ( ... )"
refused "$STELE" data --explain '1 ('
refused "$STELE" memory --explain 1G
holds "$said" "nothing to explain"

# A disk becomes a text, and is the same again.
if command -v lua5.4 >/dev/null && command -v nbdcopy >/dev/null; then
    { printf 'aaaaaaaaaabc\0\0\1'; dd if=/dev/zero bs=5000 count=1; echo end; } >disk 2>/dev/null
    truncate -s 20001 disk
    lua5.4 "$SRCDIR/examples/disk2data" disk >text
    "$STELE" data @text --run 'nbdcopy -- "$uri" again'
    cmp disk again
    [ "$(wc -c <text)" -lt 200 ] || fail "zeroes are not left out"
fi
