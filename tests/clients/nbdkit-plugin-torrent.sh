#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's torrent plugin: a download that is complete already is checked by its hashes, and
# served as it lies there; nobody else is needed.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin torrent
need python3 nbdcopy

mkdir cache
head -c 1000000 /dev/urandom >cache/disk.img
python3 - <<'SCRIPT'
import hashlib

def coded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, dict):
        return b"d" + b"".join(coded(k) + coded(value[k]) for k in sorted(value)) + b"e"
    value = value.encode() if isinstance(value, str) else value
    return b"%d:" % len(value) + value

disk, piece = open("cache/disk.img", "rb").read(), 65536
hashes = [hashlib.sha1(disk[i:i + piece]).digest() for i in range(0, len(disk), piece)]
with open("disk.torrent", "wb") as file:
    file.write(coded({"info": {"name": "disk.img", "length": len(disk), "private": 1,
                               "piece length": piece, "pieces": b"".join(hashes)}}))
SCRIPT

cp cache/disk.img disk
"$STELE" -r -U - "$plugin" disk.torrent cache="$PWD/cache" listen-interfaces=127.0.0.1:0 \
    --run 'nbdcopy "$uri" back'
cmp disk back

echo nonsense >disk.torrent
refused "$STELE" -r -U - "$plugin" disk.torrent --run 'nbdinfo --size "$uri"'
