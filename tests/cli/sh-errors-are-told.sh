#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh and eval: a method's failure is one line of the log, with its name and its first words;
# what is no failure is none.
. "$SRCDIR/tests/functions"
need nbdsh

# told WANTED: the log is so much, without the server's name; and is empty again.
told () {
    same "$(sed 's/^[^:]*: //; s/ is not a size: .*/ is not a size/' log)" "$1"
    : >log
}

# asks PYTHON...: by a client that knows what it wants.
asks () {
    nbdsh -c "
def fails(call, *arguments):
    try:
        call(*arguments)
    except nbd.Error as e:
        return e.errno
    assert False
$*"
}

# Of a client's requests.
: >log
for warm in auto off; do
    serve --log="$PWD/log" eval warm=$warm get_size='echo 1M' \
        can_zero='exit 0' can_fast_zero='exit 0' \
        pread='echo ENOSPC it is full >&2; echo and more >&2; exit 1' \
        pwrite='echo it is written >&2' \
        flush='exit 9' \
        trim='kill -9 $$; sleep 1' \
        zero='echo EOPNOTSUPP not me >&2; exit 1' \
        cache='printf "\0" >&2; exit 1' \
        extents='exit 2'
    asks "
h.add_meta_context('base:allocation')
h.connect_uri('$uri')
assert fails(h.pread, 1, 0) == 'ENOSPC'
h.pwrite(b'x', 0)
h.zero(512, 0)
h.block_status(512, 0, lambda *a: 0)
assert fails(h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO) in ('ENOTSUP', 'EOPNOTSUPP')
assert fails(h.flush) == 'EIO'
assert fails(h.trim, 512, 0) == 'EIO'
assert fails(h.cache, 512, 0) == 'EIO'"
    told "eval: error: pread: it is full
eval: error: flush: failed with exit status 9 and no word of why
eval: error: trim: killed by signal 9 (Killed)
eval: error: cache: failed with exit status 1 and no word of why"
    stop_server
    told ""
done

# Of a client's connection; what it begins with is told by who drops it.
while IFS='|' read -r method line; do
    set -- "$method" get_size='echo 1M'
    [ "${method%%=*}" != get_size ] || set -- "$method"
    serve --log="$PWD/log" eval pread='exit 1' "$@"
    asks "
h.set_opt_mode(True)
try:
    h.connect_uri('$uri')
    h.opt_list(lambda *a: 0)
    h.opt_go()
except nbd.Error:
    pass" </dev/null
    stop_server
    told "$line"
done <<'TABLE'
preconnect=echo no >&2; exit 1|nbd[1]: error: preconnect: no
list_exports=echo no >&2; exit 1|eval: error: list_exports: no
list_exports=exit 2|
open=echo no >&2; echo and no >&2; exit 1|eval: error: open: no
get_size=echo twelve|eval: error: get_size: 'twelve' is not a size
can_write=echo no >&2; exit 1|eval: error: can_write: no
can_extents=exit 3|
is_rotational=exit 2|
block_size=echo 512 4k|eval: error: block_size: printed 2 numbers: three sizes are wanted
close=echo no >&2; exit 1|eval: error: close: no
TABLE

# Of a connection whose client cannot be told why it ends.
for style in --oldstyle --mask-handshake=0; do
    for method in preconnect open get_size; do
        set -- get_size='echo 1M' $method='echo no >&2; exit 1'
        [ $method != get_size ] || shift
        serve --log="$PWD/log" $style eval pread='exit 1' "$@"
        asks "
try:
    h.connect_uri('$uri')
    assert False
except nbd.Error:
    pass"
        stop_server
        [ $method = preconnect ] && who='nbd[1]' || who=eval
        told "$who: error: $method: no"
    done
done

# Of what comes before and after all clients.
for name in config config_complete thread_model get_ready after_fork; do
    [ $name = config ] && set -- key=value || set --
    "$STELE" -U - eval get_size='echo 1M' pread='exit 1' $name='echo no >&2; exit 1' "$@" \
        --run : 2>log && fail "it was started"
    told "error: $name: no"
done
"$STELE" -U - eval get_size='echo 1M' pread='exit 1' unload='echo no >&2; exit 1' --run : 2>log
told "eval: error: unload: no"

# All that a script writes to standard error is seen with -v, a line each.
"$STELE" -v -U - eval get_size='echo one >&2; echo two >&2; echo 1M' \
    pread='echo three >&2; echo four >&2; exit 1' --run 'nbdsh -u "$uri" -c "
try:
    h.pread(1, 0)
except nbd.Error:
    pass"' 2>&1 | grep -E 'eval: .*(one|two|three|four)' >log
told "eval: debug: get_size: one
eval: debug: get_size: two
eval: error: pread: three
eval: debug: pread: four"
