#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Nobody may connect while there is a file "closed".
case "$1" in
    preconnect)
        if [ -e closed ]; then
            echo "EIO we are closed" >&2
            exit 1
        fi ;;
    get_size) echo 1M ;;
    pread) yes x | tr -d '\n' | head -c "$3" ;;
    *) exit 2 ;;
esac
