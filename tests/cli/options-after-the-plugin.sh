#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Options may stand anywhere; `--` ends them; names may be cut short; all aliases work.
. "$SRCDIR/tests/functions"

same "$("$STELE" memory 1M --run 'echo "$exportname"' -e late)" late
same "$("$STELE" -e early memory --run 'echo "$exportname"' size=1M)" early
same "$("$STELE" --run='echo "$exportname"' --export-n=short memory -- 1M)" short
for name in --export --export-name --exportname -e; do
    same "$("$STELE" $name x memory 1M --run 'echo "$exportname"')" x
done
refused "$STELE" -- null -f
holds "$said" "-f"
