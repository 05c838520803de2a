#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh: a script that is edited while it is served is run as it is now.
. "$SRCDIR/tests/functions"
need nbdsh

write () {
    printf '#!/bin/sh\ncase $1 in get_size) echo 1;; pread) printf %s;; *) exit 2;; esac\n' "$1" >new
    chmod +x new
    mv new disk.sh
}

write a
serve --log="$PWD/log" ./disk.sh
nbdsh -u "$uri" -c '
import subprocess
assert h.pread(1, 0) == b"a"
assert h.pread(1, 0) == b"a"
subprocess.run(["sed", "-i", "s/printf a/printf bc/; s/printf bc/printf b/", "disk.sh"], check=True)
assert h.pread(1, 0) == b"b"
open("disk.sh", "w").write("#!/bin/sh\nif")
try:
    h.pread(1, 0)
    assert False
except nbd.Error:
    pass
'
write c
nbdsh -u "$uri" -c 'assert h.pread(1, 0) == b"c"'

# One that has gone is told of until there is another.
rm disk.sh
refused nbdsh -u "$uri" -c pass
holds "$(cat log)" "get_size: $PWD/disk.sh cannot be started: No such file"
write d
nbdsh -u "$uri" -c 'assert h.pread(1, 0) == b"d"'
chmod -x disk.sh
sed -i 's/printf d/printf e/' disk.sh
refused nbdsh -u "$uri" -c pass
holds "$(cat log)" "get_size: $PWD/disk.sh cannot be started: Permission denied"
stop_server
