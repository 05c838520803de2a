#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The two disks of examples/ that are written as text boot: one says hello, the other moves.
. "$SRCDIR/tests/functions"
need_lpeg
need qemu-system-i386 qemu-system-x86_64 python3

mkdir bin
printf '#!/bin/sh\nexec "%s" "$@"\n' "$STELE" >bin/stele
chmod +x bin/stele
PATH=$PWD/bin:$PATH

# monitor COMMAND...: what qemu's monitor says to them.
monitor() {
    python3 - "$@" <<'PYTHON'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect("monitor")
def answer():
    text = b""
    while not text.endswith(b"(qemu) "):
        more = s.recv(4096)
        if not more:
            sys.exit("the monitor hung up")
        text += more
    return text
answer()
for command in sys.argv[1:]:
    s.sendall(command.encode() + b"\n")
    print(answer().decode(errors="replace"))
PYTHON
}

# boot EXAMPLE QEMU: in the background, and wait for its monitor.
boot() {
    rm -f monitor
    "$SRCDIR/examples/$1" --run "$2 -display none -net none -accel tcg \
        -monitor unix:$PWD/monitor,server=on,wait=off" &
    machine=$!
    trap 'kill $machine 2>/dev/null || :; wait' EXIT
    wait_for test -S monitor
}

power_off() {
    monitor quit >/dev/null 2>&1 || :
    wait $machine || fail "the server or the machine ended with $?"
    trap - EXIT
}

says_hello() {
    text=$(monitor 'xp /24bx 0xb8000' | tr -d '\r' | sed -n 's/^[0-9a-f]*: //p' | tr '\n' ' ')
    # every other byte is a colour
    letters=$(echo "$text" | awk '{ for (i = 1; i <= NF; i += 2) printf "%s ", $i }')
    [ "${letters% }" = "$hello" ]
}

hello="0x68 0x65 0x6c 0x6c 0x6f 0x2c 0x20 0x77 0x6f 0x72 0x6c 0x64"
boot hello-boot 'qemu-system-i386 -fda "$nbd"'
wait_for says_hello
power_off

# A picture with at least a few colours in it.
picture() {
    rm -f "$1"
    monitor "screendump $1" >/dev/null
    wait_for test -s "$1"
    python3 - "$1" <<'PYTHON'
import sys
data = open(sys.argv[1], "rb").read()
pixels = data.split(b"\n", 3)[3]
colours = {pixels[i:i + 3] for i in range(0, len(pixels) - 2, 3)}
sys.exit(0 if data[:2] == b"P6" and len(colours) > 16 else 1)
PYTHON
}

another() {
    picture second.ppm && ! cmp -s first.ppm second.ppm
}

boot pyrit 'qemu-system-x86_64 -hda "$nbd"'
wait_for picture first.ppm
sleep 1
wait_for another
power_off
