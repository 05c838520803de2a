#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What nbdkit's data plugin makes of a text, ours makes, too, byte for byte.
. "$SRCDIR/tests/functions"
need_lpeg
need nbdkit nbdcopy
nbdkit data --dump-plugin >/dev/null 2>&1 || skip "nbdkit has no data plugin here"

printf '0123456789' >file
printf 'abc' >other
export word='"from the environment"'

# same_disk PARAMETER...
count=0
same_disk() {
    for server in ours theirs; do
        command=$STELE
        [ $server = ours ] || command=nbdkit
        "$command" -U - data "$@" --run 'nbdcopy -- "$uri" '$server >said 2>&1 ||
            fail "$command data $*: $(cat said)"
    done
    cmp ours theirs || fail "not the same: data $*"
    count=$((count + 1))
}

same_disk '0 1 2 3 @0x1fe 0x55 0xaa'
same_disk '0 1 2 3 @^0x200 @-2 le16:0xaa55'
same_disk ' ( 0x55 0xAA )*2048 '
same_disk ' ( "Hello" )*2000 ' size=8192
same_disk '
  @0x1be    # MBR first partition entry
    0       # Partition status
    0 2 0   # CHS start
    0x83    # Partition type (Linux)
    0x20 0x20 0 # CHS last sector
    le32:1  # LBA first sector
    le32:0x7ff # LBA number of sectors
  @0x1fe    # Boot signature
    0x55 0xaa
  ' size=1M
same_disk ' <file @^512 <other @^512 <file @^512 '
same_disk base64=MTIz size=1M
same_disk base64=MTI=
same_disk raw='Hello, world!'
same_disk raw='Hello, world!' size=5
same_disk ' be32:0x1 '
same_disk '10 012 0xa 255 0377 0xFf'
same_disk 'le16:0x102 be16:0x102 le32:0x1020304 be32:0x1020304 le64:0x102030405060708'
same_disk 'be64:0xfffefdfcfbfaf9f8 le64:18446744073709551615 le16:65535 le16:010'
same_disk '"A\x42\n\t\\\"\a\b\f\r\v\q" ""'
same_disk '1 @4 2 @+1 3 @-3 4 @^16 5 @^8'
same_disk '@10 1 @2 2 @5'
same_disk '"abcdef" @2 "XY" @0 "0" @^4 5'
same_disk '(@2 1)(9)'
same_disk '( @256 ( 0x55 0xAA )*128 )*4'
same_disk '1(2)"a"3 ( ) (( 4 ))'
same_disk '0x55*2*3 1*0 5*1 ( 1 @4 )*3'
same_disk '"hello"[1:3] "hello"[:2] "hello"[3:] "hello"[:] (1 2)*2[1:3]'
same_disk '"abc"*3[2:5]*2'
same_disk '<file[:5] <other*3 </dev/zero[:7] <file[2:4]'
same_disk ' <( i=0
             while :; do
                 printf "%04d" $i; i=$((i+1))
             done )[:32768] '
same_disk '<( echo "(a)" ; (echo b) ) <(echo)[:100] </missing*0'
same_disk ' ( 0x55 0xAA ) -> \boot-signature
              ( @0x1fe \boot-signature ) -> \sector
              \sector \sector '
same_disk '7 -> \a \a\a (\a 2 -> \a \a \a) \a'
same_disk '1->\a 2->\b \b\a'
same_disk '$pattern*16' pattern='0x55 0xAA'
same_disk '$word $a' a='$b $b' b='1 2 # comment'
same_disk '1 -> \q $a' a='\q'
same_disk '1 # ( " one
2 "# no" # two'
for allocator in sparse malloc zstd; do
    same_disk '( 0x55 0xAA )*100000 @1048576 5' allocator=$allocator
done
[ $count -gt 30 ] || fail "compared only $count"
