#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# One in so many allocations of a serving server fails.  What is asked then fails with ENOMEM,
# or the connection ends; asked again it works.  The server lives, and nothing is lost.
. "$SRCDIR/tests/functions"
need nbdsh

STELE_HOSTILE=count "$STELE" --version 2>&1 | grep -q '^hostile: ' ||
    skip "this is not the hostile build (configure --enable-hostile)"

# A client that asks until it is answered, and knows what the disk must hold.
cat >client.py <<'END'
import nbd, os, random, sys
uri, seed = sys.argv[1], int(sys.argv[2])
random.seed(seed)
h, refused, ended = None, 0, 0

def connect():
    global h, ended
    said = None
    for i in range(200):
        h = nbd.NBD()
        h.add_meta_context("base:allocation")
        try:
            h.connect_uri(uri)
            if h.can_meta_context("base:allocation"): # asking for it may have failed
                return
        except nbd.Error as e:
            said = e.string
            ended += 1
    raise AssertionError("the server does not answer: " + str(said))

def until_done(work, *args):
    global refused, ended
    said = None
    for i in range(200):
        try:
            return getattr(h, work)(*args)
        except nbd.Error as e:
            said = e.string
            if h.aio_is_ready():
                assert e.errno == "ENOMEM", "%s: %s %s" % (work, e.errno, e.string)
                refused += 1
            else:
                ended += 1
                connect()
    raise AssertionError(work + " never works: " + str(said))

connect()
size = h.get_size()
disk = bytearray(size)
for step in range(150):
    offset = random.randrange(size)
    count = min(random.choice((1, 512, 3000, 10000, 40000)), size - offset)
    what = random.randrange(6)
    if what < 3:
        data = random.randbytes(count // 2) + bytes(count - count // 2)
        disk[offset:offset + count] = data
        until_done("pwrite", data, offset)
    elif what == 3:
        disk[offset:offset + count] = bytes(count)
        until_done("zero", count, offset)
    elif what == 4:
        assert until_done("pread", count, offset) == disk[offset:offset + count], step
    else:
        until_done("block_status", count, offset, lambda *args: 0)
until_done("flush")
for offset in range(0, size, 100000):
    count = min(100000, size - offset)
    assert until_done("pread", count, offset) == disk[offset:offset + count], offset
print("%d refused, %d connections ended" % (refused, ended))
END

cat >script.lua <<'END'
function get_ready() disk = stele.ram { size = "1M" } end
function open() return { disk = disk } end
function get_size(h) return h.disk:get_size() end
function pread(h, count, offset) return h.disk:pread(count, offset) end
function pwrite(h, data, offset) h.disk:pwrite(data, offset) end
function flush(h) h.disk:flush() end
END

# Each with a seed of its own, so that the suite does not ask the same thing twice.
seed=${SEED:-1}
try() {
    STELE_HOSTILE=bytes,stall,later,alloc:101,count,seed:$seed serve "$@" 2>errors
    python3 client.py "$uri" $seed || fail "seed $seed: $* ($(tail -n 20 errors))"
    stop_server 2>>errors || { cat errors; exit 1; }
    grep '^hostile: ' errors
    ! grep -v '^hostile: \|error: ' errors || fail "seed $seed: $*"
    seed=$((seed + 1))
}
try memory 1M
try memory 1M allocator=malloc
try memory 1M allocator=zstd
try --filter=cow memory 1M
try --filter=offset --filter=delay memory 2M offset=1M rdelay=1ms
truncate -s 1M image
try file image
try script.lua
try --filter=cow script.lua
