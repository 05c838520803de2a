#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --exit-with-parent: the server ends with the process that started it, and cleans up.
. "$SRCDIR/tests/functions"

"$STELE" --exit-with-parent --version >/dev/null
sh -c '"$STELE" --exit-with-parent -U sock -P pid memory 1M & while [ ! -s pid ]; do sleep 0.1; done; kill -KILL $$' \
    2>/dev/null || :
wait_for test ! -e sock
wait_for test ! -e /proc/$(cat pid)
