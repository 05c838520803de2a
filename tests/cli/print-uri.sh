#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --print-uri tells where, in a form for programs and one for the shell.
. "$SRCDIR/tests/functions"

"$STELE" -U sock --print-uri -e 'a b' memory 1M --run true >out
same "$(sed -n 1p out)" "nbd+unix:///a%20b?socket=$PWD/sock"
same "$(sed -n 2p out)" "Shell-quoted URI: 'nbd+unix:///a%20b?socket=$PWD/sock'"
same "$(sed -n 3p out)" "Command to query the NBD endpoint:"
same "$(sed -n 4p out)" "  nbdinfo 'nbd+unix:///a%20b?socket=$PWD/sock'"
same "$(wc -l <out)" 4
for name in --print-url --show-uri --show-url; do
    "$STELE" -U sock $name memory 1M --run true >out
    same "$(wc -l <out)" 4
done
same "$("$STELE" --print-uri -s memory 1M </dev/null | tr -d '\0' | grep -c nbd+ || :)" 0
