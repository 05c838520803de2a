#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Filters that speak stele.h: what they leave out, hand on, copy, keep until later, or give
# as a stack of devices.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"
need nbdsh

# nbd OPTION... -- LINE...: the lines in Python, with a client h
nbd() {
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    printf '%s\n' 'h.add_meta_context("base:allocation")' 'h.set_full_info(True)' \
        'def extents(count, offset):' '    got = []' \
        '    h.block_status(count, offset, lambda c, o, e, err: got.extend(e) or 0)' \
        '    return got' 'import os' \
        'h.connect_uri(os.environ["uri"])' "$@" >client.py
    "$STELE" -U - $options --run 'export uri; nbdsh -c - <client.py' 2>said || fail "$options: $(cat said)"
}

# Every request is answered later, by a thread of the plugin's, or fails with its sentence.
compile later
nbd ./later.so -- \
    'h.pwrite(b"hello", 100)' \
    'assert h.pread(7, 99) == b"\0hello\0"' \
    'h.zero(2, 101); h.flush(); h.trim(4096, 65536); h.cache(4096, 0)' \
    'assert h.pread(5, 100) == b"h\0\0lo"' \
    'assert sum(extents(1 << 20, 0)[0::2]) == 1 << 20' \
    'assert extents(65536, 0)[1] == 0 and extents(4096, 1 << 19 | 4096)[1] == 3' \
    'try: h.pread(1, 512 << 10); assert False' \
    'except nbd.Error as e: assert e.errno == "ENOSPC"'
holds "$(cat said)" "the thread says no"

# Copies that are moved, over what answers at once and over what answers later.
for asks in -UASKS -DASKS; do
    compile moves $asks
    for below in "memory 1M" ./later.so "--filter=./moves.so memory 1M"; do
        case $below in
            --*) filters="--filter=./moves.so --filter=./moves.so" plugin="memory 1M" size=1047552 ;;
            *) filters=--filter=./moves.so plugin=$below size=1048064 ;;
        esac
        nbd $filters $plugin -- \
            "assert h.get_size() == $size" \
            'h.pwrite(b"hello", 0)' \
            'assert h.pread(6, 0) == b"hello\0"' \
            'h.zero(2, 1); h.flush(); h.trim(4096, 65536); h.cache(4096, 0)' \
            'assert h.pread(5, 0) == b"h\0\0lo"' \
            "h.pwrite(b'end', $size - 3)" \
            "assert sum(extents($size, 0)[0::2]) == $size" \
            'assert extents(4096, 0)[1] == 0'
    done
done
nbd --filter=./moves.so ./later.so -- \
    'try: h.pread(1, (512 << 10) - 512); assert False' \
    'except nbd.Error as e: assert e.errno == "ENOSPC"'
holds "$(cat said)" "the thread says no"

# Two copies at once; the last to be answered answers.
compile mirror
for below in "memory 1M" ./later.so; do
    nbd --filter=./mirror.so $below -- \
        'h.pwrite(b"hello", 1000); h.zero(2, 1001)' \
        'assert h.pread(7, 999) == b"\0h\0\0lo\0"'
done
nbd --filter=./mirror.so ./later.so -- \
    'try: h.pwrite(b"x", 512 << 10); assert False' \
    'except nbd.Error as e: assert e.errno == "ENOSPC"'

# A zero does not fall through to bytes that are others, unless the filter says that it may.
compile secret
nbd --filter=./secret.so memory 1M -- \
    'h.pwrite(b"\x55" * 1000, 0)' \
    'h.zero(10, 3)' \
    'assert h.pread(14, 0) == b"\x55" * 3 + bytes(10) + b"\x55"' \
    'assert extents(1 << 20, 0) == [1 << 20, 0]'
compile secret -DPASSES
nbd --filter=./secret.so memory 1M -- \
    'h.pwrite(b"\x55" * 1000, 0)' \
    'h.zero(10, 3)' \
    'assert h.pread(14, 0) == b"\x55" * 14' \
    'assert extents(1 << 20, 0)[-1] == 3'

# A stack of devices, of a filter and of a plugin, and what is wrong with one.
compile stack
nbd --filter=./stack.so pattern 1M from=4k -- \
    'assert h.get_size() == (1 << 20) - 4096' \
    'assert h.pread(8, 0) == bytes([0, 0, 0, 0, 0, 0, 16, 0])' \
    "assert h.get_export_description() == 'a stack of 1044480 bytes'"
for mistake in 'from=2M' 'from=much' 'kind=slime' 'argument=ofset'; do
    if "$STELE" -U - --filter=./stack.so pattern 1M $mistake --run 'nbdinfo "$uri"' >said 2>&1; then
        fail "$mistake is none"
    fi
    case $mistake in
        from=much) holds "$(cat said)" "slice: offset: 'much' is not a size" ;;
        kind=slime) holds "$(cat said)" "there is no device 'slime': did you mean 'slice'?" ;;
        argument*) holds "$(cat said)" "slice: unknown parameter 'ofset': did you mean 'offset'?" ;;
        *) holds "$(cat said)" "slice: " ;;
    esac
done
compile stack -DPLUGIN
nbd ./stack.so from=8k -- 'assert h.pread(8, 0) == bytes([0, 0, 0, 0, 0, 0, 32, 0])'

# Many are asleep at once, and no thread with them.
compile delay
nbd --filter=./delay.so memory 1M delay=300ms -- \
    'done = []' \
    'buffers = [nbd.Buffer(512) for i in range(100)]' \
    'for i in range(100): h.aio_pread(buffers[i], 512 * i, lambda err: done.append(err.value) or 1)' \
    'while len(done) < 100: h.poll(-1)' \
    'assert not any(done)' \
    'h.cache(512, 0); h.cache(512, 512)'
slept=$(sed 's/ .*//' calls)
[ "$slept" -gt 8 ] || fail "only $slept slept at once"

# Two objects may have functions of one name, which are also names of the core's.
place=0
for letter in a b; do
    cat >$letter.c <<END
#include <stele.h>
int device_pread (void *next, struct stele_request *r);
int device_pread (void *next, struct stele_request *r) {
    int result = stele_device_pread (next, r->data, r->count, r->offset);
    ((char *) r->data)[$place] = '$letter';
    return result;
}
const struct stele_plugin stele_plugin = {STELE_PLUGIN, .filter = true, .pread = device_pread};
END
    compile $letter.c
    place=1
done
nbd --filter=./a.so --filter=./b.so memory 1M -- 'assert h.pread(3, 0) == b"ab\0"'
