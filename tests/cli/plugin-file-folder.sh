#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# file dir=: the export's name chooses the file, and leads nowhere else.
. "${0%/*}/clients.inc"
need nbdinfo

mkdir -p folder/sub secret
echo one >folder/one
echo three >folder/'a name'
echo two >secret/two
ln -s ../secret/two folder/link
mkfifo folder/pipe

look () {
    "$STELE" -U - "$@" --run '
        nbdinfo --list "$uri" | grep "^export=" >list
        nbdinfo --size "nbd+unix:///one?socket=$unixsocket" >size
        nbdinfo --size "nbd+unix:///a%20name?socket=$unixsocket" >>size
        for name in "" missing ../secret/two sub/x sub . .. pipe; do
            nbdinfo --size "nbd+unix:///$name?socket=$unixsocket" && echo "opened: $name"
        done
        true' >out 2>errors
    cat out errors
    printf 'export="%s":\n' 'a name' link one >expected
    diff expected list || fail "other names are listed"
    printf '4\n6\n' | diff - size || fail "the wrong file, or none"
    ! grep -q opened out || fail "a name was opened that is no file of the folder"
}

look file dir=folder
exec 7<folder
look file dirfd=7
