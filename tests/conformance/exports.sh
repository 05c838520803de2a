#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk for each name; its bytes are the name.
case "$1" in
    list_exports)
        [ "$2" = true ] && second=read-only || second=writable
        printf '%s\n' NAMES+DESCRIPTIONS one two broken "the first disk" "$second" "" ;;
    default_export) echo one ;;
    open)
        case "${3:-one}" in
            one | two) echo "${3:-one} $2" ;;
            *)
                echo "ENOENT there is no disk '$3'" >&2
                exit 1 ;;
        esac ;;
    export_description)
        case "$2" in
            *true) echo "${2% *} for reading" ;;
            *) echo "${2% *}" ;;
        esac ;;
    get_size) [ "${2% *}" = one ] && echo 1000 || echo 2000 ;;
    can_write) [ "${2% *}" = two ] || exit 3 ;;
    pread) yes "${2% *}" | tr -d '\n' | head -c "$3" ;;
    pwrite) ;;
    *) exit 2 ;;
esac
