#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A script in C is compiled when it, or anything that it is made from, has changed; else the
# object from before is taken.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c
serves 1000 disk.c CC="$compiler"
runs 1
serves 1000 disk.c CC="$compiler"
serves 1000 cc CC="$compiler" disk.c
runs 0
same "$(stat -c %a "$kept")" 700

# The script, the flags, the compiler.
disk 2000 >disk.c
serves 2000 disk.c CC="$compiler"
serves 2000 disk.c CC="$compiler" EXTRA_CFLAGS=-DX
runs 2
touch -d '1 hour ago' bin/cc
serves 2000 disk.c CC="$compiler"
runs 1
disk 1000 >disk.c
serves 1000 disk.c CC="$compiler" EXTRA_CFLAGS=-DX
runs 1

# What it includes: in its folder, in the current one, or anywhere.
mkdir 'a folder'
disk SIZE >'a folder/disk.c'
sed -i '1i #include "size $ #.h"' 'a folder/disk.c'
echo '#define SIZE 3000' >'a folder/size $ #.h'
serves 3000 'a folder/disk.c' CC="$compiler"
serves 3000 'a folder/disk.c' CC="$compiler"
runs 1
echo '#define SIZE 4000' >'a folder/size $ #.h'
serves 4000 'a folder/disk.c' CC="$compiler"
runs 1
rm 'a folder/size $ #.h'
refused "$STELE" 'a folder/disk.c' CC="$compiler" --version
holds "$said" 'size $ #.h'
: >runs
disk SIZE | sed '1i #include <size.h>' >disk.c
mkdir one two
echo '#define SIZE 1000' >one/size.h
echo '#define SIZE 2000' >two/size.h
(cd one && serves 1000 ../disk.c CC="$compiler" EXTRA_CFLAGS=-I.)
(cd two && serves 2000 ../disk.c CC="$compiler" EXTRA_CFLAGS=-I.)
runs 2

# One that is edited while the compiler runs: nobody knows which of both it has read.
mkdir edited
cat >edited/cc <<END
#!/bin/sh
sleep 0.05
echo '#define SIZE 2000' >"$PWD/one/size.h"
exec "$compiler" "\$@"
END
chmod +x edited/cc
serves 2000 disk.c CC="$PWD/edited/cc" EXTRA_CFLAGS=-Ione
serves 2000 disk.c CC="$PWD/edited/cc" EXTRA_CFLAGS=-Ione
runs 2

# Files that flags name.
echo 'int number = 5000;' >number.c
${CC:-cc} -fPIC -c number.c
disk number | sed '1i extern int number;' >disk.c
serves 5000 disk.c CC="$compiler" EXTRA_CFLAGS=number.o
serves 5000 disk.c CC="$compiler" EXTRA_CFLAGS=number.o
runs 1
echo 'int number = 6000;' >number.c
${CC:-cc} -fPIC -c number.c
serves 6000 disk.c CC="$compiler" EXTRA_CFLAGS=number.o
runs 1
serves 6000 disk.c CC="$compiler" EXTRA_CFLAGS=number.c # which may include anything
serves 6000 disk.c CC="$compiler" EXTRA_CFLAGS=number.c
runs 2

# What only a shell can tell, it is asked anew each time.
serves 6000 disk.c CC="$compiler" EXTRA_CFLAGS='$(echo number.o)'
serves 6000 disk.c CC="$compiler" EXTRA_CFLAGS='$(echo number.o)'
runs 2

# On standard input.
disk 7000 >disk.c
serves 7000 cc - CC="$compiler" <disk.c
serves 7000 cc - CC="$compiler" <disk.c
runs 1
