#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A compiled plugin is called in the order and with the arguments that it was written for.
. "$SRCDIR/tests/functions"
need nbdsh

compile everything
RECORD=$PWD/record
export RECORD

cat >client.py <<'END2'
h.add_meta_context("base:allocation")
h.set_opt_mode(True)
h.connect_uri(uri)
names = []
h.opt_list(lambda name, description: names.append((name, description)) or 0)
assert sorted(names) == [("other", "another one"), ("the usual one", "")], names
h.set_request_block_size(True)
h.set_full_info(True)
h.opt_info()
assert h.get_canonical_export_name() == "the usual one", h.get_canonical_export_name()
assert h.get_export_description() == "described", h.get_export_description()
assert h.get_block_size(nbd.SIZE_PREFERRED) == 512
assert h.is_rotational() and not h.can_multi_conn() and h.can_fast_zero()
h.opt_go()
h.pwrite(b"x" * 512, 1024, nbd.CMD_FLAG_FUA)
assert h.pread(512, 1024) == b"x" * 512
h.zero(512, 1024, nbd.CMD_FLAG_NO_HOLE)
h.zero(512, 1024, nbd.CMD_FLAG_FUA)
h.zero(512, 1024, nbd.CMD_FLAG_FAST_ZERO | nbd.CMD_FLAG_NO_HOLE)
assert h.pread(512, 1024) == b"\0" * 512
h.trim(4096, 8192, nbd.CMD_FLAG_FUA)
h.trim(4096, 8192)
h.flush()
h.cache(4096, 0)
found = []
h.block_status(65536, 4096, lambda name, offset, entries, error: found.extend(entries) or 0)
assert found == [4096, 2, 61440, 3], found
h.shutdown()
END2
"$STELE" -U - "$PWD/everything.so" bare more=yes --run 'uri="$uri" nbdsh -c "import os; uri = os.environ[\"uri\"]" -c - <client.py'
cat >wanted <<'END2'
load
config thing=bare
config more=yes
config_complete
thread_model
get_ready
after_fork
preconnect 0
list_exports 0 0
default_export 0 0
default_export 0 0
open 0 'the usual one'
pwrite 512 1024 2
pread 512 1024 0
zero 512 1024 0
zero 512 1024 3
zero 512 1024 8
pread 512 1024 0
trim 4096 8192 2
trim 4096 8192 0
flush 0
cache 4096 0 0
extents 65536 4096 0
close 1
cleanup
unload
END2
# How often it is asked for a name is nobody's business.
uniq record | grep -v '^default_export' >got
grep -v '^default_export' wanted | diff - got || fail "called otherwise"

# Read-only, it is told so.
rm record
"$STELE" -r -U - "$PWD/everything.so" --run 'nbdsh -u "$uri" -c "assert h.is_read_only()"'
grep -q "preconnect 1" record || fail "preconnect was not told"
grep -q "open 1 'the usual one'" record || fail "open was not told"

# What config refuses is told once, in its words.
refused "$STELE" "$PWD/everything.so" refuse=this
same "$said" "stele: everything: error: this: not today"
