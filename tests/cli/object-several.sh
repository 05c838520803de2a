#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Several compiled plugins in one process: what a thread of one says is not lost when another is
# closed, or could not be loaded.
. "$SRCDIR/tests/functions"

compile messenger
compile mistakes other.so
compile mistakes bad.so '-DMISTAKE=return NULL'
cat >several.repl <<END
> s = serve { "$PWD/messenger.so" }
> other = serve { "$PWD/other.so" }
> last = serve { "$PWD/other.so" }
> other:stop()
> last:stop()
> pcall(serve, { "$PWD/bad.so" })
false
...
> wire(s.uri):start():ask { type = "READ", length = 1 }
simple cookie=1 data="\\x00"
> s:wants_end()
true
> s:stop()

# So that what was said to standard error is shown.
> "a difference"
END
if "$STELE" repl --check several.repl >output; then fail "there is no difference"; fi
holds "$(cat output)" "@@ -16,1 +16,2 @@"
same "$(grep -c '^@@' output)" 1
holds "$(cat output)" "stele: messenger: error: a thread's message"
