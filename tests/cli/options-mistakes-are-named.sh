#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A mistake on the command line is one sentence that names it, and status 1.
. "$SRCDIR/tests/functions"

# says WANTED OPTIONS...: refused with status 1, in one line that holds WANTED
says() {
    wanted=$1
    shift
    status=0
    said=$("$STELE" "$@" 2>&1 </dev/null) || status=$?
    same "$status" 1
    holds "$said" "$wanted"
    same "$(printf '%s\n' "$said" | wc -l)" 1
}

says "which plugin"
says "unknown option '--filtre': did you mean '--filter'?" --filtre=x null
says "unknown option '-Z'" -Z null
says "unknown option '-Z'" --readonly -fZ null
says "'--port' needs PORT" --port
says "'-p' needs PORT" null -p
says "'--swap' takes no value" --swap=1 null
says "--threads: 'x' is not" -t x null
says "--threads: '' is not" -t '' null
says "--log: 'foo' is none of" --log=foo null
says "--log: /missing/log" --log=/missing/log null
says "--tls: 'maybe' is none of off, on, require" --tls=maybe null
says "--timeout: '-1' is not" --timeout=-1 null
says "--mask-handshake: 'x' is not" --mask-handshake=x null
says "not of the form NAME.FLAG=N" -D file null
says "not of the form NAME.FLAG=N" -D file=1 null
says "file.zero=x" -D file.zero=x null
says "--single and --unix cannot be used together" -s -U x null
says "--single and --port" -s -p 1 null
says "--single and --vsock" -s --vsock null
says "--single and --run" -s --run true null
says "--single and --dump-plugin" -s null --dump-plugin
says "did you mean 'memory'" memroy 1M
says "did you mean 'readonly'" --filter=readonli null
says "./missing.lua" ./missing.lua
says "'1X' is not a size" memory 1X
says "'1.5M' is not a size" memory 1.5M
says "'0x10' is not a size" memory 0x10
says "'-1' is not a size" -- memory size=-1
says "'' is not a size" memory size=
says "too large" memory 8E
says "did you mean 'size'" memory sise=1M
[ -z "$(ls)" ] || fail "left behind: $(ls)"
