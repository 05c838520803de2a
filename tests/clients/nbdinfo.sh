#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdinfo sees the size, what the disk can do, its holes and the list of exports.
. "$SRCDIR/tests/functions"
need nbdinfo nbdcopy python3

serve memory 1M
nbdinfo --json "$uri" >info.json
python3 - <<'PY'
import json
info = json.load(open("info.json"))
assert info["protocol"] == "newstyle-fixed", info
assert info["structured"] is True, info
disk, = info["exports"]
assert disk["export-size"] == 1 << 20, disk
assert "base:allocation" in disk["contexts"], disk
assert disk["is_read_only"] is False, disk
for can in "can_flush", "can_fua", "can_trim", "can_zero", "can_multi_conn", "can_df":
    assert disk[can] is True, (can, disk)
PY

same "$(nbdinfo --size "$uri")" 1048576
nbdinfo --can write "$uri"
nbdinfo --can multi-conn "$uri"
refused nbdinfo --is read-only "$uri"

# One page in the middle is data, the rest are holes.
nbdinfo --map "$uri" >map
same "$(awk '{ print $1, $2, $3, $4 }' map)" "0 1048576 3 hole,zero"
head -c 32768 /dev/zero | tr '\0' x >page
nbdcopy --target-is-zero page "$uri"
same "$(nbdinfo --map "$uri" | awk '{ print $1, $2, $3 }')" "0 32768 0
32768 1015808 3"

nbdinfo --list --json "$uri" >list.json
python3 -c 'import json; assert len(json.load(open("list.json"))["exports"]) == 1'
stop_server

serve -r memory 1M
nbdinfo --is read-only "$uri"
stop_server
