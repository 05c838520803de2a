#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's own python plugin: a script in Python is a disk.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin python
need nbdsh
. "$SRCDIR/tests/clients/disk-of-a-script"

cat >disk.py <<'SCRIPT'
import errno
import nbdkit

API_VERSION = 2
size = 0

def dump_plugin():
    print("note=dumped by the script", flush=True)

def config(key, value):
    global size
    if key != "size":
        raise RuntimeError("no parameter " + key)
    size = nbdkit.parse_size(value)

def open(readonly):
    return bytearray(size)

def get_size(h):
    return len(h)

def can_trim(h):
    return True

def pread(h, buf, offset, flags):
    if offset >= size - 512:
        nbdkit.set_error(errno.EPERM)
        raise RuntimeError("this sector is bad")
    buf[:] = h[offset:offset + len(buf)]

def pwrite(h, buf, offset, flags):
    h[offset:offset + len(buf)] = buf

def zero(h, count, offset, flags):
    h[offset:offset + count] = bytes(count)

trim = zero
SCRIPT
try_script disk.py EPERM
