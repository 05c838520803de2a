#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The life of a script, noted in the file "calls" in the order in which its rows come.
case "$1" in
    load | config_complete | get_ready | after_fork | cleanup | unload) echo "$1" >>calls ;;
    config) echo "config $2 $3" >>calls ;;
    preconnect) echo "preconnect $2" >>calls ;;
    open)
        echo "open $3 $2" >>calls
        echo "$3" ;;
    close) echo "close $2" >>calls ;;
    get_size) echo 1M ;;
    pread) yes x | tr -d '\n' | head -c "$3" ;;
    *) exit 2 ;;
esac
