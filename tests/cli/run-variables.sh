#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What --run's command finds in its shell: right whatever is in it, and not exported.
. "$SRCDIR/tests/functions"

same "$("$STELE" -U sock memory 1M --run 'echo "$uri $unixsocket $port"')" \
    "nbd+unix://?socket=$PWD/sock $PWD/sock "
same "$("$STELE" memory 1M --run '[ "$uri" = "$nbd" ] && echo same')" same
same "$("$STELE" memory 1M --run 'env | grep -c "^uri=" || :')" 0
same "$(tls=1 "$STELE" memory 1M --run 'echo "${tls-unset}"')" unset

name="it's \"\$HOME\" & \`x\` ?"
same "$("$STELE" -e "$name" memory 1M --run 'echo "$exportname"')" "$name"
uri=$("$STELE" -e "a b/c?é" -U sock memory 1M --run 'echo "$uri"')
same "$uri" "nbd+unix:///a%20b/c%3F%C3%A9?socket=$PWD/sock"

uri=$("$STELE" -i 127.0.0.1 -p 0 memory 1M --run 'echo "$uri $port"')
same "${uri% *}" "nbd://127.0.0.1:${uri#* }"
uri=$("$STELE" -p 0 memory 1M --run 'echo "$uri $port"')
same "${uri% *}" "nbd://localhost:${uri#* }"
