#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh: any program is a plugin: with or without #!, from standard input, in another language.
. "$SRCDIR/tests/functions"
need nbdcopy

body='case $1 in
    get_size) echo 11 ;;
    pread) printf "hello $tail" | tail -c +$(($4 + 1)) | head -c $3 ;;
    *) exit 2 ;;
esac'

# reads WANTED ARGUMENT...
reads () {
    wanted=$1
    shift
    same "$("$STELE" -U - "$@" --run 'nbdcopy "$uri" -')" "$wanted"
}

{ echo '#!/bin/sh -e'; echo 'tail=$0; tail=${tail##*/}; test x = x; test -n "$tail"'; echo "$body"; } >one.sh
{ echo 'tail=world.'; echo "$body"; } >two.sh
{ echo '#!/usr/bin/env sh'; echo 'tail=there.'; echo "$body"; } >three.sh
chmod +x one.sh two.sh three.sh
reads "hello one.s" sh one.sh
reads "hello one.s" ./one.sh warm=off
reads "hello world" sh two.sh
reads "hello world" sh two.sh warm=off
reads "hello there" ./three.sh
printf 'tail=input\n%s\n' "$body" | reads "hello input" sh -
printf '#!/bin/sh\ntail=input\n%s\n' "$body" | reads "hello input" sh - warm=off

cat >program.sh <<'END'
#!/usr/bin/env python3
import sys
if sys.argv[1] == "get_size": print(5)
elif sys.argv[1] == "pread": sys.stdout.write("snake"[int(sys.argv[4]):][:int(sys.argv[3])])
else: sys.exit(2)
END
chmod +x program.sh
reads snake ./program.sh

if command -v bash >/dev/null; then
    cat >four.sh <<'END'
#!/bin/bash
case $1 in
    get_size) echo 3 ;;
    pread) [[ $0 =~ four ]] && a=(1 2 3) && printf %s ${a[@]:$4:$3} ;;
    *) exit 2 ;;
esac
END
    chmod +x four.sh
    reads 123 sh four.sh
fi

# Questions to a script.
printf '#!/bin/sh\n[ $1 = dump_plugin ] || exit 2\necho mine=yes\n' >dump.sh
chmod +x dump.sh
said=$("$STELE" --dump-plugin ./dump.sh)
holds "$said" "max_known_status=8
mine=yes"
holds "$("$STELE" --dump-plugin eval)" "max_known_status=8"
holds "$("$STELE" --dump-plugin eval get_size='echo 1M' pread='exit 1' dump_plugin='echo mine=no')" "mine=no"
said=$("$STELE" eval --help)
holds "$said" "pread="
holds "$said" "missing="
holds "$said" "warm="

# What cannot be run is told at once.
chmod -x one.sh
said=$("$STELE" -U - sh one.sh --run : 2>&1) && fail "it was started"
holds "$said" "not executable"
printf '#!/no/such/shell\n' >none.sh
chmod +x none.sh
said=$("$STELE" -U - sh none.sh --run : 2>&1) && fail "it was started"
holds "$said" "cannot be started"
said=$("$STELE" -U - sh . --run : 2>&1) && fail "a folder was started"
said=$("$STELE" -U - sh nothing.sh --run : 2>&1) && fail "nothing was started"
holds "$said" "nothing.sh"
said=$("$STELE" -s sh - </dev/null 2>&1) && fail "-s and - went together"
holds "$said" "standard input"

# Nothing stays behind.
same "$(ls -d stele-?????? 2>/dev/null)" ""
