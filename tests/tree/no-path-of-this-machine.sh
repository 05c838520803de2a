#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is committed names no folder of the machine it was written on.
. "$SRCDIR/tests/functions"
need git

cd "$SRCDIR"
git rev-parse --show-toplevel >/dev/null 2>&1 || skip "not a git checkout"
[ "$(git rev-parse --show-toplevel)" = "$PWD" ] || skip "not a git checkout"

# The checkout itself, and its parent where that is no common folder.
for path in "$PWD" "$(dirname "$PWD")/"; do
    case $path in // | /tmp/ | /home/ | /root/ | /usr/src/ | /src/) continue ;; esac
    found=$(git grep -lF -e "$path" -- . || :)
    [ -z "$found" ] || fail "$path is named in: $found"
done
