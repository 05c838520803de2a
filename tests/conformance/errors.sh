#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The n-th byte of the disk cannot be read for the n-th reason.  Other requests fail with
# EIO, and a sentence that names them.
names="EPERM EROFS EACCES EIO ENOMEM EINVAL ENOENT EBUSY EEXIST ERANGE ENOSPC EDQUOT EFBIG
ESHUTDOWN ETIMEDOUT EDEADLK"

fail() {
    echo "$*" >&2
    exit 1
}

case "$1" in
    get_size) echo 17 ;;
    pread)
        offset=$4
        set -- $names
        [ "$offset" -lt $# ] || fail "this has no errno"
        shift "$offset"
        fail "$1 this is $1" ;;
    can_write | can_flush | can_trim | can_zero | can_extents) ;;
    can_cache) echo native ;;
    pwrite) fail "it cannot be written" ;;
    flush) fail "it cannot be flushed" ;;
    trim) fail "it cannot be trimmed" ;;
    zero) fail "it cannot be zeroed" ;;
    cache) fail "it cannot be cached" ;;
    extents) fail "its holes are unknown" ;;
    *) exit 2 ;;
esac
