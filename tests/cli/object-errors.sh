#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# How a compiled plugin's requests fail: with the number that it set, or errno where it keeps
# errno, or EIO; with its first sentence.
. "$SRCDIR/tests/functions"
need nbdsh

compile errors
compile errors preserved.so -DPRESERVED

cat >client.py <<'END2'
import errno, os
def number(what):
    try:
        what()
        return None
    except nbd.Error as e:
        return e.errnum
preserved = os.environ["PRESERVED"] == "yes"
name = lambda n: n and errno.errorcode[n]
def same(got, wanted):
    assert got == wanted, (got, wanted)
same(name(number(lambda: h.pread(512, 0))), "ENOSPC")
same(name(number(lambda: h.pread(512, 4096))), "ENOMEM" if preserved else "EIO")
same(name(number(lambda: h.pread(512, 8192))), "EIO")
same(name(number(lambda: h.pread(512, 12288))), None)
# A zero that is not supported is written instead; one that fails is not.
same(number(lambda: h.zero(512, 0)), None)
same(number(lambda: h.zero(512, 4096)), None)
same(name(number(lambda: h.zero(512, 8192))), "EIO")
# Extents with a gap before them, and none at all.
status = lambda offset: number(lambda: h.block_status(4096, offset, lambda *a: 0))
assert status(0) and status(4096)
# No client is told of bits that base:allocation does not have.
told = []
h.block_status(4096, 8192, lambda context, offset, entries, error: told.extend(entries))
same(told, [4096, 2])
END2
run() {
    PRESERVED=$2 "$STELE" -v "$PWD/$1.so" --run 'nbdsh --base-allocation -u "$uri" -c - <client.py' 2>log || {
        cat log
        fail "$1"
    }
}
run errors no
holds "$(cat log)" "stele: errors[1]: error: said and set"
holds "$(cat log)" "stele: errors[1]: error: said after that"
holds "$(cat log)" "stele: errors[1]: error: errno was: Cannot allocate memory"
holds "$(cat log)" "stele: errors[1]: error: said, and yet done"
holds "$(cat log)" "asked to pwrite 512 at 0"
holds "$(cat log)" "asked to pwrite 512 at 4096"
holds "$(cat log)" "there is a gap from 0 to the next extent at 512"
holds "$(cat log)" "stele: errors[1]: error: extents: it told of none at 4096, where the range begins"
! grep -q "asked to pwrite 512 at 8192" log || fail "an error of zero was not the end"
run preserved yes

# The client hears why an export cannot be opened.
cat >names.py <<'END2'
import os
def said(name):
    h = nbd.NBD()
    h.set_opt_mode(True)
    h.connect_uri(os.environ["uri"])
    h.set_export_name(name)
    try:
        h.opt_go()
        return "opened"
    except nbd.Error as e:
        return str(e)
print(said("closed"), said("boundless"), said("negative"), said("very safe"), said("other"))
END2
"$STELE" ./errors.so --run 'uri=$uri nbdsh -c - <names.py' >names 2>log
holds "$(cat names)" opened
same "$(grep -c 'this one is closed' log)" 1
same "$(grep -c 'nobody knows how large it is' log)" 1
same "$(grep -c 'error: get_size: the answer -7 is no size' log)" 1
same "$(grep -c 'error: can_fua: the answer 3 is none of 0, 1, 2' log)" 1
