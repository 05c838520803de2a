#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What goes wrong on the way into the background is told by the command that was started.
. "$SRCDIR/tests/functions"

cat >late.lua <<'END'
function get_size() return 1024 end
function pread(h, count, offset) return ("x"):rep(count) end
if os.getenv "STAGE" then
    _G[os.getenv "STAGE"] = function() error("not today") end
end
END
for stage in load config_complete get_ready after_fork; do
    STAGE=$stage refused "$STELE" -U sock lua late.lua
    holds "$said" "not today"
    [ ! -e sock ] || fail "$stage: the socket is left"
done
refused "$STELE" -U missing/sock lua late.lua
holds "$said" "$PWD/missing"
refused "$STELE" -U sock -u no-such-user lua late.lua
holds "$said" "no-such-user"
[ ! -e sock ] || fail "the socket is left"
