#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# tmpdisk: each client has a disk with a file system of its own, and nothing stays behind.
. "$SRCDIR/tests/functions"
need mke2fs e2fsck debugfs mkfs.vfat fsck.vfat nbdcopy nbdinfo nbdsh

mkdir disks bin
left () { ls -A disks; }

# A file system with its label, and what one client writes another does not see.
serve tmpdisk 8M label="my label" dir=disks
nbdcopy "$uri" one.img
e2fsck -fn one.img >/dev/null 2>&1 || fail "it is no file system"
holds "$(debugfs -R stats one.img 2>&1)" "my label"
nbdsh -u "$uri" -c '
other = nbd.NBD()
other.connect_uri("'"$uri"'")
h.pwrite(b"mine", 5000000)
h.flush()
assert h.pread(4, 5000000) == b"mine"
assert other.pread(4, 5000000) == bytes(4)
assert not h.can_multi_conn()
import glob
assert glob.glob("disks/*/*") == []'

# Each client that came has gone: only the folder of this server is left, and it is empty.
nbdsh -c '
for i in range(100):
    c = nbd.NBD()
    c.connect_uri("'"$uri"'")
    c.shutdown()'
same "$(find disks -type f)" ""
stop_server
wait_for test -z "$(left)"

# A client that vanishes has left as well.
serve tmpdisk 8M dir=disks
nbdsh -u "$uri" -c '
import os, signal
h.pwrite(b"x" * 65536, 4096)
os.kill(os.getpid(), signal.SIGKILL)' 2>/dev/null || :
same "$(find disks -type f)" ""
nbdsh -u "$uri" -c 'assert h.pread(1, 4096) != b"x"'
stop_server
same "$(left)" ""

# Another type of file system takes its label in another way.
serve tmpdisk 8M type=vfat label=BOOT dir=disks
nbdcopy "$uri" fat.img
fsck.vfat -n fat.img >/dev/null || fail "it is no FAT file system"
same "$(dd if=fat.img bs=1 skip=43 count=11 2>/dev/null)" "BOOT       "
stop_server

# The command and its variables, which are text and no code.
mkdir files
echo "found inside" >files/note
serve tmpdisk size=0 dir=disks from="$PWD/files" odd="it's \$(touch oops) \`touch oops\`" \
    command='echo "$odd" >"$from/odd"; truncate -s 4M "$disk" && mke2fs -q -F -t ext2 -d "$from" "$disk"'
nbdcopy "$uri" two.img
same "$(debugfs -R 'cat note' two.img 2>/dev/null)" "found inside"
same "$(debugfs -R 'cat odd' two.img 2>/dev/null)" "it's \$(touch oops) \`touch oops\`"
[ ! -e oops ] || fail "a variable was run"
stop_server
serve tmpdisk 3M type=odd label="a b" dir=disks command='echo "$size $type $label" >"$disk"'
same "$(nbdcopy "$uri" - | cat)" "3145728 odd a b"
stop_server
refused "$STELE" -U - tmpdisk 1M disk=x dir=disks --run :
holds "$said" "'disk'"
refused "$STELE" -U - tmpdisk dir=disks --run :
holds "$said" "size"

# A killed server leaves nothing, either: not the disk of a client that is there, nor one that
# is being made.
serve tmpdisk 4M template=true dir=disks
nbdsh -c '
h.connect_uri("'"$uri"'")
import os, signal
os.kill('$server', signal.SIGKILL)'
wait $server || :
wait_for sh -c '[ -z "$(ls -A disks)" ]'
serve tmpdisk 4M dir=disks \
    command='echo "$disk" >making; until [ -e go ]; do sleep 0.1; done; echo late >"$disk"; touch made'
nbdcopy "$uri" three.img 2>/dev/null &
client=$!
wait_for test -s making
kill -9 $server
wait $server || :
wait $client || :
wait_for sh -c '[ -z "$(ls -A disks)" ]'
touch go
wait_for test -e made
same "$(left)" ""

# Who only asks has no disk made; a template is made once.
cat >bin/mkfs <<'END'
#!/bin/sh
echo "$@" >>"$LOG"
END
chmod +x bin/mkfs
export LOG="$PWD/log"
PATH=$PWD/bin:$PATH
: >log
serve tmpdisk 1M type=vfat label=BOOT dir=disks
nbdsh -c '
h.set_opt_mode(True)
h.connect_uri("'"$uri"'")
h.opt_info()
assert h.get_size() == 1 << 20
assert not h.is_read_only()
h.opt_abort()'
same "$(cat log)" ""
nbdsh -c '
h.set_opt_mode(True)
h.connect_uri("'"$uri"'")
h.opt_info()
h.opt_go()
assert h.pread(1, 0) == bytes(1)'
same "$(wc -l <log)" 1
holds "$(cat log)" "-t vfat -I -n BOOT "
stop_server

# Each file system is made and labelled by the options that its own mkfs has.
while read -r type options; do
    : >log
    serve tmpdisk 1M type=$type label=NAME dir=disks
    nbdcopy "$uri" null:
    stop_server
    same "$(sed "s/ [^ ]*$//" log)" "-t $type $options"
done <<'TABLE'
ext2 -F -L NAME
ext3 -F -L NAME
ext4 -F -L NAME
xfs -f -L NAME
btrfs -f -L NAME
f2fs -f -l NAME
vfat -I -n NAME
msdos -I -n NAME
exfat -L NAME
ntfs -Q -F -L NAME
jfs -q -L NAME
udf -l NAME
other -L NAME
TABLE
serve tmpdisk 1M type=minix label=NAME dir=disks 2>said
refused nbdcopy "$uri" null:
holds "$(cat said)" "minix has no label"
stop_server
: >log
serve tmpdisk 1M template=true largest=3M dir=disks 2>said
same "$(cat log | wc -l)" 1
nbdsh -u "$uri" -c 'h.pwrite(b"x", 0)'
nbdsh -u "$uri" -c 'assert h.pread(1, 0) == bytes(1)'
same "$(cat log | wc -l)" 1
same "$(nbdinfo --size "nbd+unix:///2M?socket=$PWD/socket")" 2097152
refused nbdinfo "nbd+unix:///4M?socket=$PWD/socket"
holds "$(cat said)" "the largest disk has 3145728 bytes"
refused nbdinfo "nbd+unix:///big?socket=$PWD/socket"
stop_server

# A mkfs that fails is told of, and leaves nothing.
printf '#!/bin/sh\necho it is broken\nexit 1\n' >bin/mkfs
serve tmpdisk 1M dir=disks 2>said
refused nbdcopy "$uri" four.img
holds "$(cat said)" "mkfs: it is broken"
same "$(find disks -type f)" ""
stop_server
said=$("$STELE" -U - tmpdisk 1M template=true dir=disks --run : 2>&1) && fail "it was started"
holds "$said" "it is broken"
wait_for sh -c '[ -z "$(ls -A disks)" ]'
