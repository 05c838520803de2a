#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The command of --run has the user's standard input and output.
. "$SRCDIR/tests/functions"

same "$(echo hello | "$STELE" memory 1M --run 'cat')" hello
same "$(echo hello | "$STELE" memory 1M --run 'read x; echo "<$x>"; exec >&-')" "<hello>"
