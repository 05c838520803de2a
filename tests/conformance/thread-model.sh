#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A read takes until there is a file "go"; the file "calls" has when each began and ended.
# Parameters: model=, the thread model.
case "$1" in
    config) echo "$3" >"$tmpdir/model" ;;
    thread_model) cat "$tmpdir/model" ;;
    get_size) echo 1M ;;
    pread)
        echo "begin $4" >>calls
        until [ -e go ]; do sleep 0.01; done
        echo "end $4" >>calls
        yes x | tr -d '\n' | head -c "$3" ;;
    *) exit 2 ;;
esac
