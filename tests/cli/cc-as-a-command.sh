#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A script in C is a command: the example, and what nbdkit's own manual page shows, as it is.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"
need nbdsh

ln -s "$STELE" bin/stele
ln -s "$STELE" bin/nbdkit
PATH=$PWD/bin:$PATH
"$SRCDIR/languages/cc/example.c" 2M EXTRA_CFLAGS="-Wall -Wextra -Wno-unused-parameter -Werror" \
    --run 'nbdsh -u "$uri" -c - <<END
assert h.get_size() == 2 << 20
h.pwrite(b"stele", 100)
assert bytes(h.pread(7, 99)) == b"\0stele\0"
h.zero(2, 101)
h.flush()
assert bytes(h.pread(5, 100)) == b"s\0\0le"
END'

page=$(man -w nbdkit-cc-plugin 2>/dev/null) && [ -f "$page" ] ||
    skip "the manual page nbdkit-cc-plugin(3) is not installed, or man is not"
MANWIDTH=100 man nbdkit-cc-plugin 2>/dev/null | cat >page

# The indented lines from FIRST to LAST.
shown() {
    sed -n "/^ *$1\$/,/^ *$2\$/p" page | sed 's/^        //'
}

shown '\$ nbdkit cc - <<.EOF.' EOF | sed 's/^\$ nbdkit cc -/nbdkit cc - "$@"/' >command
grep -q NBDKIT_REGISTER_PLUGIN command || fail "the example is not found: $(cat command)"
sh command -U - --run 'nbdsh -u "$uri" -c - <<END
assert h.get_size() == 10 << 20
h.pwrite(b"hello", 4096)
assert bytes(h.pread(7, 4095)) == b"\0hello\0"
END' || fail "the example of the page"
shown '#if 0' '#endif' >script.c
sed '1d; $d' command >>script.c
chmod +x script.c
same "$(head -n 2 script.c | tail -n 1)" 'exec nbdkit cc "$0" "$@"'
for words in "-v" "--filter=cow"; do
    same "$(./script.c $words -U - --run 'nbdinfo --size "$uri"' 2>/dev/null)" 10485760
done
refused ./script.c param=1
holds "$said" "param"
nbdkit cc --dump-plugin | grep -q '^CFLAGS=.*-fPIC -shared$' || fail "--dump-plugin"
