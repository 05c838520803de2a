#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every `stele ...` command under EXAMPLES in a manual page starts and serves: what it would
# serve until it is stopped is looked at by nbdinfo instead.  The files that the examples
# speak of are made; the places outside of the test's folder are moved into it.
. "$SRCDIR/tests/functions"
need nbdinfo
need_lpeg

mkdir -p root/run/disks root/mnt/far root/var/images root/srv/www root/tmp bin
for file in disk.img scratch.img root/tmp/disk.img root/mnt/far/disk.img root/var/images/a; do
    truncate -s 256M "$file"
done
for file in disk.part1 disk.part2 disk.part3 file1 file2 file3; do echo "$file" >"$file"; done
cp "$SRCDIR/examples/hello.lua" disk.lua
cp "$SRCDIR/languages/cc/example.c" disk.c
cat >bin/stele <<END
#!/bin/sh
for word; do
    case \$word in --run | --explain | --help | --version | --dump-plugin) exec "$STELE" "\$@" ;; esac
done
exec "$STELE" "\$@" --run 'nbdinfo --list "\$uri" >/dev/null'
END
chmod +x bin/stele
PATH=$PWD/bin:$PATH

# The verbatim paragraphs that begin with the command, one a file.
count=0
for page in "$SRCDIR"/*/*.pod "$SRCDIR"/*/*/*.pod; do
    if grep -q '^=for needs nbdkit-plugins' "$page" &&
        ! [ -e "$nbdkit_plugins/nbdkit-floppy-plugin.so" ]; then
        continue # it is about what somebody else makes
    fi
    awk -v out="example.${page##*/}." '
        /^=head1/ { here = /^=head1 EXAMPLES/ }
        /^$/ || /^ (nbd|qemu)/ { inside = 0 } # or what a client does meanwhile
        here && !inside && /^ stele / { inside = 1; file = out (++n) }
        inside { sub(/^ /, ""); print >file }' "$page"
done
for example in example.*; do
    sed -i "s:/\(run\|mnt\|var/images\|srv\|tmp\)\b:$PWD/root/\1:g
        s/ -i localhost -p 0//" "$example" # not every root knows that name
    sh -e "$example" >output 2>&1 </dev/null ||
        fail "$example: $(cat "$example"): $(tail -n 5 output)"
    count=$((count + 1))
done
test "$count" -ge 20 || fail "only $count examples were found"
