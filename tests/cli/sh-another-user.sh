#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh and eval with -u: the folder $tmpdir, and what was put into it before, belong to the user
# that the server becomes; at the end it is gone.
. "$SRCDIR/tests/functions"
need nbdsh
[ "$(id -u)" = 0 ] || skip "only root can become somebody else"
getent passwd nobody >/dev/null || skip "there is no user nobody"

chmod 777 .
echo precious >precious
chmod 600 precious
export wanted="nobody $(id -gn nobody)"

cat >disk.sh <<'END_OF_SCRIPT'
case $1 in
    config) echo "$3" >"$tmpdir/$2" ;;
    config_complete)
        mkdir -p "$tmpdir/folder/deep"
        echo kept >"$tmpdir/folder/deep/file"
        chmod 700 "$tmpdir/folder/deep"
        ln precious "$tmpdir/another-name"
        ln -s "$PWD/precious" "$tmpdir/link" ;;
    after_fork)
        echo more >>"$tmpdir/folder/deep/file" && : >"$tmpdir/new" && rm "$tmpdir/link" &&
            [ "$(stat -c '%U %G' "$tmpdir")" = "$wanted" ] ;;
    get_size) cat "$tmpdir/size" ;;
    pread) cat "$tmpdir/folder/deep/file" ;;
    unload) echo "$tmpdir" >"$OUT" ;;
    *) exit 2 ;;
esac
END_OF_SCRIPT
chmod 755 disk.sh

export OUT="$PWD/tmpdir"
for warm in auto off; do
    rm -f "$OUT"
    "$STELE" -u nobody -U - sh ./disk.sh size=10 warm=$warm \
        --run 'nbdsh -u "$uri" -c "assert h.pread(10, 0) == b\"kept\\nmore\\n\""'
    folder=$(cat "$OUT")
    [ -n "$folder" ] || fail "it had no folder"
    [ ! -e "$folder" ] || fail "the folder is left: $(ls -lA "$folder")"
    same "$(stat -c '%U %G' precious)" "root root"
done

# A script on standard input is in that folder, and can still be run.
"$STELE" -u nobody -U - sh - size=10 warm=off <disk.sh \
    --run 'nbdsh -u "$uri" -c "assert h.pread(10, 0) == b\"kept\\nmore\\n\""'

# Only the group.
wanted="root nogroup"
getent group nogroup >/dev/null || exit 0
"$STELE" -g nogroup -U - sh ./disk.sh size=10 \
    --run 'nbdsh -u "$uri" -c "assert h.pread(10, 0) == b\"kept\\nmore\\n\""'
