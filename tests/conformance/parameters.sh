#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk of `size` bytes, all of them the first letter of `word`.
fail() {
    echo "$*" >&2
    exit 1
}

size() {
    cat "$tmpdir/size"
}

case "$1" in
    magic_config_key) echo size ;;
    config)
        [ "$2" = size ] || [ "$2" = word ] || fail "there is no parameter '$2'"
        [ ! -e "$tmpdir/$2" ] || fail "EEXIST $2 was given twice"
        printf %s "$3" >"$tmpdir/$2" ;;
    config_complete)
        [ -e "$tmpdir/size" ] || fail "size is missing"
        case $(size) in
            [0-9]*) ;;
            *) fail "EINVAL size: '$(size)' is not a size: a whole number is wanted, perhaps with" \
                   "one of k M G T P E (powers of 1024) or s (sectors of 512 bytes)" ;;
        esac ;;
    get_ready) [ "$(cat "$tmpdir/word")" != fail ] || fail "it cannot get ready" ;;
    get_size) size ;;
    pread) yes "$(head -c 1 "$tmpdir/word" || echo x)" | tr -d '\n' | head -c "$3" ;;
    *) exit 2 ;;
esac
