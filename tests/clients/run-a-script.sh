#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A Lua script is a program: by its #! line, by `stele lua`, by its own path; its parameters
# have types.
. "$SRCDIR/tests/functions"
need nbdinfo nbdsh

# #!/usr/bin/env finds stele on the path.
mkdir bin
ln -s "$STELE" bin/stele
PATH=$PWD/bin:$PATH
cp "$SRCDIR/examples/disk.lua" disk.lua
chmod +x disk.lua

size='nbdinfo --size "$uri"'
same "$(./disk.lua size=100M --run "$size")" 104857600
same "$(stele lua disk.lua size=100M --run "$size")" 104857600
same "$(stele ./disk.lua size=1G -U - --run "$size")" 1073741824

refused ./disk.lua sise=100M --run true
holds "$said" sise
refused ./disk.lua size=nonsense --run true
holds "$said" nonsense

./disk.lua size=10M --run 'nbdsh -u "$uri" -c "
h.pwrite(b\"mine\", 4094)
assert h.pread(6, 4093) == b\"\\0mine\\0\"
h.flush()
"'
