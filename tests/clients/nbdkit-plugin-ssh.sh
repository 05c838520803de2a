#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's ssh plugin: a disk behind an sshd is read and written, and a host that is not the
# known one is not talked to.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin ssh
need sshd ssh-keygen python3 nbdcopy nbdsh
[ -e /usr/lib/openssh/sftp-server ] || [ -e /usr/libexec/openssh/sftp-server ] ||
    skip "OpenSSH's sftp-server is not installed"

# An sshd for each connection, with a key and a configuration of its own, as who runs this.
for key in host user other; do ssh-keygen -q -t ed25519 -N '' -C '' -f $key; done
cp user.pub authorized
cat >sshd_config <<CONFIG
HostKey $PWD/host
AuthorizedKeysFile $PWD/authorized
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
CONFIG
# It wants the folder that its service makes.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
sshd=$(command -v sshd)
"$sshd" -t -f sshd_config || skip "sshd does not start here"
cat >listen.py <<'SCRIPT'
import os, socket, subprocess, sys

listener = socket.create_server(("127.0.0.1", 0))
with open("port.new", "w") as file:
    print(listener.getsockname()[1], file=file)
os.rename("port.new", "port")
while True:
    client = listener.accept()[0]
    subprocess.Popen([sys.argv[1], "-i", "-e", "-f", "sshd_config"], stdin=client, stdout=client)
    client.close()
SCRIPT
python3 listen.py "$sshd" 2>sshd.log &
listener=$!
trap 'kill $listener; wait' EXIT
wait_for test -e port
port=$(cat port)
echo "[127.0.0.1]:$port $(cat host.pub)" >known
echo "[127.0.0.1]:$port $(cat other.pub)" >unknown

# far SERVER'S-WORDS...
far() {
    "$STELE" -U - "$plugin" host=127.0.0.1 port="$port" user="$(id -un)" config= \
        identity="$PWD/user" "$@"
}

head -c 3000001 /dev/urandom >disk
cp disk before
far known-hosts="$PWD/known" path="$PWD/disk" --run 'nbdcopy "$uri" back' ||
    { grep 'not allowed because' sshd.log && skip "sshd does not let $(id -un) in"; } ||
    fail "$(cat sshd.log)"
cmp disk back

far known-hosts="$PWD/known" "$PWD/disk" --run 'nbdsh -u "$uri" -c "
disk = open(\"before\", \"rb\").read()
assert h.get_size() == len(disk) and not h.is_read_only()
assert h.pread(70000, 4095) == disk[4095:74095]
h.pwrite(b\"written from afar\", 999999)
h.zero(100000, 2000001)
if h.can_flush():
    h.flush()
assert h.pread(19, 999998) == disk[999998:999999] + b\"written from afar\" + disk[1000016:1000017]
"'
{
    head -c 999999 before
    printf 'written from afar'
    tail -c +1000017 before | head -c 999985
    head -c 100000 /dev/zero
    tail -c +2100002 before
} | cmp - disk

refused far known-hosts="$PWD/unknown" path="$PWD/disk" --run 'nbdinfo --size "$uri"'
holds "$said" key
refused far known-hosts="$PWD/known" path="$PWD/nothing" --run 'nbdinfo --size "$uri"'
holds "$said" "No such file"
