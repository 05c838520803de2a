#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -u and -g: another user, and no group of root's is kept.
. "$SRCDIR/tests/functions"
[ "$(id -u)" = 0 ] || skip "only root can become somebody else"
getent passwd nobody >/dev/null || skip "there is no user nobody"

uid=$(id -u nobody) gid=$(id -g nobody)
chmod 777 .
"$STELE" -u nobody -P pid memory 1M --run 'cat /proc/$(cat pid)/status >status; id -u >id'
field() { sed -n "s/^$1:[[:space:]]*//p" status | tr -s '\t ' ' ' | sed 's/ $//'; }
same "$(field Uid)" "$uid $uid $uid $uid"
same "$(field Gid)" "$gid $gid $gid $gid"
same "$(field Groups)" "$gid"
same "$(cat id)" 0
rm -f pid
"$STELE" -u "$uid" -g 12345 -P pid memory 1M --run 'cat /proc/$(cat pid)/status >status'
same "$(field Uid)" "$uid $uid $uid $uid"
same "$(field Gid)" "12345 12345 12345 12345"
same "$(field Groups)" 12345
refused "$STELE" -f -U sock -u no-such-user memory 1M
holds "$said" no-such-user
refused "$STELE" -f -U sock -g no-such-group memory 1M
holds "$said" no-such-group
