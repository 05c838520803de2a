#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A server that is told to end while it compiles ends, and so does the compiler; nothing is left.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c
cat >bin/slow <<END
#!/bin/sh
sleep 1000 &
echo \$! >"$PWD/sleeper"
wait
END
chmod +x bin/slow
mkdir tmp
for signal in TERM HUP; do
    rm -f sleeper
    TMPDIR=$PWD/tmp "$STELE" -f disk.c CC="$PWD/bin/slow" 2>err &
    server=$!
    wait_for test -s sleeper
    kill -$signal $server
    if wait $server; then fail "it ended well"; fi
    wait_for sh -c "! grep '^State:.*[RSDT] (' /proc/$(cat sleeper)/status" # it may be a zombie yet
    same "$(ls tmp)" ""
done
