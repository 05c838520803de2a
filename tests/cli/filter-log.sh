#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# log: a line when a request comes and one when it is answered, in a form that others read.
. "${0%/*}/clients.inc"

client --filter=log memory 1M logfile="$PWD/log" <<'END'
h.pwrite(b"a" * 512, 1024, nbd.CMD_FLAG_FUA)
assert h.pread(512, 1024) == b"a" * 512
h.zero(4096, 0, nbd.CMD_FLAG_NO_HOLE)
h.trim(4096, 0)
h.flush()
extents(h, 8192)
h.cache(512, 0)
END
cut -d ' ' -f 3- log >lines
cat lines
has () { grep -q -x -e "$1" lines || fail "no line: $1"; }
has 'Ready.*'
has 'connection=1 Connect export="" tls=0 size=0x100000 .* write=1 flush=1 .*'
has 'connection=1 Write id=1 offset=0x400 count=0x200 fua=1 \.\.\.'
has 'connection=1 \.\.\.Write id=1 return=0'
has 'connection=1 Read id=2 offset=0x400 count=0x200 \.\.\.'
has 'connection=1 Zero id=3 offset=0x0 count=0x1000 trim=0 fua=0 fast=0 \.\.\.'
has 'connection=1 Trim id=4 offset=0x0 count=0x1000 fua=0 \.\.\.'
has 'connection=1 Flush id=5 \.\.\.'
has 'connection=1 Extents id=6 offset=0x0 count=0x2000 req_one=0 \.\.\.'
has 'connection=1 \.\.\.Extents id=6 extents=(0x0 0x.* "hole,zero") return=0'
has 'connection=1 Cache id=7 offset=0x0 count=0x200 \.\.\.'
has 'connection=1 Disconnect transactions=7'
! grep -q -v '^20..-..-.. ..:..:..\.[0-9]\{6\} ' log || fail "a line without a time"

# Errors keep their name on the way through.
client --filter=log --filter=error memory 1M logfile="$PWD/log" logappend=true \
    error-pread=ENOSPC error-pread-rate=1 <<'END'
fails("ENOSPC", h.pread, 512, 0)
END
grep -q '\.\.\.Read id=1 return=-1 error=ENOSPC$' log || fail "the error is not named"
grep -q 'transactions=7' log || fail "logappend forgot what was there"

# Requests that run side by side keep their own ids.
client --filter=log --filter=delay memory 1M logfile="$PWD/log" rdelay=200ms <<'END'
a = h.aio_pread(nbd.Buffer(512), 0)
b = h.aio_pread(nbd.Buffer(512), 512)
for cookie in a, b:
    while not h.aio_command_completed(cookie):
        h.poll(-1)
END
sed -n 's/.*Read id=\(.\).*\(\.\.\.\|return\).*/\1/p' log | tr -d '\n' | grep -q '^1212$\|^1221$' ||
    fail "reads waited for each other: $(cat log)"

client --filter=log memory 1M logscript='echo "$type $act $connection $id $offset" >>script.out' <<'END'
h.pread(512, 512)
END
grep -q '^ENTER Read 1 1 0x200$' script.out || fail "the script was not told of the read"
grep -q '^LEAVE Read 1 1 $' script.out || fail "the script was not told of the answer"

# What a client calls its export cannot run commands or forge lines.
need nbdinfo
"$STELE" -U - --filter=log memory 1M logfile="$PWD/log" logscript=: \
    --run 'nbdinfo --size "nbd+unix:///%24(touch%20oops)%60touch%20oops%60%22%0Aforged?socket=$unixsocket"'
! test -e oops || fail "an export's name was run"
! grep -q '^forged' log || fail "an export's name made a line of its own"
