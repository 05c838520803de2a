#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A plugin that speaks stele.h knows for whom it is called.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"
need nbdsh

compile caller
serve -v ./caller.so 2>log
cat >client.py <<'END'
h.connect_uri(uri)
print(bytes(h.pread(200, 0)).rstrip(b"\0").decode(), end="")
END
ask() {
    sed "s,(uri,(\"nbd+unix:///${1-}?socket=$PWD/socket\"," client.py | nbdsh -c -
}
same "$(ask)" "export  connection 1 readonly 0 tls 0 unix 1 me 1"
same "$(ask name)" "export name connection 2 readonly 0 tls 0 unix 1 me 1"
nbdsh -u "$uri" -c '
h.pwrite(b"x", 0)
try:
    h.pread(1, 0)
    assert False
except nbd.Error:
    pass'
stop_server
same "$(head -n 1 calls)" "get_ready without a client"
same "$(sort -u calls | tail -n 1)" "open wants"
holds "$(cat log)" "who: debug: about to serve"

rm calls
"$STELE" -r -U - ./caller.so --run 'nbdsh -u "$uri" -c "print(h.pread(60, 0))"' >said
holds "$(cat said)" "readonly 1"
