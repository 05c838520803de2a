#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The disk of one of nbdkit's own plugins is the same, byte for byte and hole for hole,
# whether nbdkit serves it or we do; and so is what its clients are told of it.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin null
need nbdkit nbdcopy nbdinfo

mkdir -p folder/inside demand
echo hello >folder/inside/hello
head -c 700000 /dev/urandom >one
truncate -s 2M one
head -c 300032 /dev/urandom >two
cat >disk.sh <<'SCRIPT'
case $1 in
    get_size) echo 1M ;;
    pread) yes "$3 from $4 " | head -c "$3" ;;
    can_write | can_zero) exit 3 ;;
    *) exit 2 ;;
esac
SCRIPT
chmod +x disk.sh

# serve_by PROGRAM PLUGIN PARAMETERS...
serve_by() {
    program=$1
    shift
    "$program" -U - "$@" --run '
        nbdinfo --json "$uri" >json
        nbdinfo --map "$uri" >map || :
        [ $(nbdinfo --size "$uri") -gt 100000000 ] || nbdcopy "$uri" disk' >said 2>&1 ||
        fail "$program $*: $(cat said)"
    [ -e disk ] || : >disk
    # What depends on the server, not on the plugin.
    grep -vE '"(uri|protocol|TLS|structured|can_df|block_|content)' json >facts || :
}

# same_disk PLUGIN PARAMETERS...
same_disk() {
    name=$1
    shift
    plugin=$nbdkit_plugins/nbdkit-$name-plugin.so
    [ -e "$plugin" ] || { echo "$name is not installed"; return 0; }
    rm -rf ours theirs
    mkdir ours theirs
    for who in theirs ours; do
        if [ $who = ours ]; then command=$STELE; else command=nbdkit; fi
        serve_by "$command" "$plugin" "$@"
        mv disk map facts json $who
    done
    cmp ours/disk theirs/disk || fail "not the same disk: $name $*"
    cmp ours/map theirs/map || fail "not the same holes: $name $*
$(diff theirs/map ours/map)"
    cmp ours/facts theirs/facts || fail "not the same facts: $name $*
$(diff theirs/facts ours/facts)"
}

same_disk data '( 0x55 0xAA )*100000 @1048576 5' size=2M
same_disk eval get_size='echo 1M' pread='yes | head -c $3'
same_disk example1
same_disk example2 file="$PWD/one"
same_disk example3 size=1M
same_disk file "$PWD/one"
same_disk floppy folder
same_disk full 1M
same_disk info base64exportname
same_disk memory 1M
same_disk null 1M
same_disk ondemand dir="$PWD/demand" size=1M
same_disk partitioning one two
same_disk partitioning one two partition-type=mbr
same_disk pattern 1M
same_disk pattern 1T
same_disk random 1M seed=1234
same_disk sh "$PWD/disk.sh"
same_disk sparse-random 64M seed=1234
same_disk sparse-random 64G seed=1234
same_disk split one two
same_disk tmpdisk 16M command='truncate -s $size "$disk"; printf x >>"$disk"; truncate -s $size "$disk"'
same_disk zero
