#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# README.md has its two commands, and the script that it shows is the one in examples.
# What it shows somebody type is replayed by pages/README.
. "$SRCDIR/tests/functions"

"$SRCDIR/tests/readme-commands" >/dev/null
sed -n '/^    #!/,/^    end/p' "$SRCDIR/README.md" | sed 's/^    //' >shown
diff -u shown "$SRCDIR/examples/hello.lua"
