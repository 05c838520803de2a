#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A signal that comes while a server starts ends it soon, whatever its scripts are at, and
# nothing is left of it: no process, socket, pid file or folder.  Who has started it sees it
# killed by that signal.
. "$SRCDIR/tests/functions"
need pgrep

top=$PWD
cat >disk.sh <<'END'
#!/bin/sh
[ "$1" != "$STAGE" ] || {
    mkdir -p "$tmpdir/deep/er"
    echo text >"$tmpdir/deep/er/file"
    ln -s "$TMPDIR" "$tmpdir/link"
    touch "$TMPDIR/hangs"
    case $UNTIL in
        never) exec sleep 984.5 ;;
        told) until [ -e "$TMPDIR/told" ]; do sleep 0.1; done ;;
    esac
}
case $1 in
    config) ;;
    get_size) echo 1M ;;
    pread) exit 1 ;;
    *) exit 2 ;;
esac
END
chmod +x disk.sh

# What it is in cannot be told to return.
cat >endless.lua <<'END'
function after_fork()
    io.open(os.getenv("TMPDIR") .. "/endless", "w"):close()
    while true do os.time() end -- where the thread sanitizer lets a handler run
end
END

# interrupt SIGNAL STATUS HANGS OPTIONS...: in a folder of its own, when the file HANGS is there.
interrupt () {
    signal=$1 wanted=$2 hangs=$3 status=0
    shift 3
    mkdir "$TMPDIR"
    cd "$TMPDIR"
    "$STELE" -P pid "$@" <$input 2>"$top/said-$number" &
    started=$!
    wait_for sh -c "test -e $hangs" # perhaps a pattern
    case $signal in
        to-child) kill -TERM $(pgrep -P $started) ;;
        *) kill -$signal $started ;;
    esac
    touch told
    wait $started || status=$?
    [ $status = $wanted ] || fail "status $status, not $wanted: $(cat "$top/said-$number")"
    rm -f hangs endless told
    same "$(ls)" ""
}

number=0 jobs= input=/dev/null
export UNTIL=never
try () {
    number=$((number + 1)) STAGE=$1 TMPDIR=$top/$number
    export STAGE TMPDIR
    shift
    interrupt "$@" &
    jobs="$jobs $!"
}

# In the foreground,
for stage in load config thread_model get_ready after_fork; do
    try $stage TERM 143 hangs -f -U sock sh "$top/disk.sh" key=value
done
# on the way into the background, where the signal goes to the process that was started,
for stage in config get_ready after_fork; do
    try $stage INT 130 hangs -U sock sh "$top/disk.sh" key=value
done
# or to the one that will serve,
try get_ready to-child 143 hangs -U sock sh "$top/disk.sh" key=value
# and before a command is run.
for stage in load after_fork; do
    try $stage HUP 129 hangs sh "$top/disk.sh" key=value --run 'touch ran'
done
# What comes from elsewhere is not waited for either.
mkfifo input
exec 3<>input
input=$top/input
try none TERM 143 'stele-*/inline-script.sh' -f -U sock sh - key=value
input=/dev/null
# A script that comes to its end does not make a server of it.
UNTIL=told
for stage in load config_complete get_ready after_fork; do
    try $stage TERM 143 hangs -f -U sock sh "$top/disk.sh" key=value
done
# One that never does is not waited for.
UNTIL=now
try config_complete TERM 143 endless -f -U sock --filter="$top/endless.lua" sh "$top/disk.sh" key=value
try config_complete QUIT 131 endless -U - --filter="$top/endless.lua" sh "$top/disk.sh" key=value

for job in $jobs; do wait $job || fail "see above"; done
nothing_is_left () { ! pgrep -f "sleep 984\.5|$top/disk\.sh" >/dev/null; }
wait_for nothing_is_left
