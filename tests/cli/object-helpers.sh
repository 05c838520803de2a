#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The functions that compiled plugins call: what they parse, and whom they know.
. "$SRCDIR/tests/functions"
need nbdsh

compile helpers
# gives KEY=VALUE WANTED [SAID]
gives() {
    "$STELE" ./helpers.so --dump-plugin "$1" >out 2>err || :
    same "$(head -n 1 out)" "$2"
    if [ $# -gt 2 ]; then holds "$(cat err)" "$3"; else same "$(cat err)" ""; fi
}
gives int=-12 "-12 -> 0 -12"
gives int=0x10 "0x10 -> 0 16"
gives int=010 "010 -> 0 8"
gives int=lalala "lalala -> -1 55" "int: 'lalala' is not a whole number"
gives int=1x "1x -> -1 55" "'1x'"
gives int= " -> -1 55" "''"
gives int=2147483647 "2147483647 -> 0 2147483647"
gives int=2147483648 "2147483648 -> -1 55" "is not a number from -2147483648 to 2147483647"
gives unsigned=4294967295 "4294967295 -> 0 4294967295"
gives unsigned=4294967296 "4294967296 -> -1 55" "is larger than"
gives unsigned=-1 "-1 -> -1 55" "from 0 up"
gives int8=-128 "-128 -> 0 -128"
gives int8=-129 "-129 -> -1 55" "-128 to 127"
gives uint8=255 "255 -> 0 255"
gives uint8=256 "256 -> -1 55" "larger than 255"
gives int16=32768 "32768 -> -1 55" "32767"
gives uint16=65535 "65535 -> 0 65535"
gives int32=-2147483648 "-2147483648 -> 0 -2147483648"
gives uint32=0xffffffff "0xffffffff -> 0 4294967295"
gives int64=-9223372036854775808 "-9223372036854775808 -> 0 -9223372036854775808"
gives int64=9223372036854775808 "9223372036854775808 -> -1 55" "too large"
gives uint64=18446744073709551615 "18446744073709551615 -> 0 18446744073709551615"
gives uint64=18446744073709551616 "18446744073709551616 -> -1 55" "too large"
gives size=100M "100M -> 104857600"
gives size=1s "1s -> 512"
gives size=8E "8E -> -1" "size: the size 8E is too large"
gives size=x "x -> -1" "size: 'x' is not a size"
gives bool=On "On -> 1"
gives bool=f "f -> 0"
gives bool=perhaps "perhaps -> -1" "bool: 'perhaps' is neither yes nor no"
gives probability=1/4 "1/4 -> 0 0.25"
gives probability=50% "50% -> 0 0.5"
gives probability=often "often -> -1 55" "p: 'often'"
gives delay=1.5 "1.5 -> 0 1 500000000"
gives delay=20ms "20ms -> 0 0 20000000"
gives delay=9000000000 "9000000000 -> -1 55 55" "too long"
gives delay=soon "soon -> -1 55 55" "delay: 'soon'"
echo "from a file" >secret
gives password=plain "plain -> 0 plain"
gives password=+secret "+secret -> 0 from a file"
gives password=+nowhere "+nowhere -> -1 none" nowhere
gives path=secret "secret -> $PWD/secret $(realpath secret)"
gives path=/no/../where "/no/../where -> /no/../where none" "No such file"
gives intern=abcdef "abcdef -> abcdef abc <abcdef>"
gives extents=list "list -> 2 of them, the second 2500 2500 2" "gap"
same "$(sed -n 2p out)" "gap -> -1 ERANGE"
same "$(sed -n 3p out)" "backwards -> 0"
gives sleep=1000000001 "1000000001 -> 0 slept" "2147483648 seconds is no time to wait"
same "$(sed -n 2p out)" "for ever -> -1"
gives outside=here "here -> -1 none -1" "this is not called for a client"

# The client, by socket and by TCP.
cat >client.py <<'END2'
import os, socket
line = h.pread(512, 0).split(b"\0")[0].decode()
family = socket.AF_UNIX if os.environ["FAMILY"] == "unix" else None
if family:
    wanted = "name 0 family %d pid %d uid %d gid %d tls 0" % (family, os.getpid(), os.getuid(), os.getgid())
    assert line == wanted, (line, wanted)
else:
    assert line.endswith("pid -1 uid -1 gid -1 tls 0"), line
END2
FAMILY=unix "$STELE" -v -U - ./helpers.so --run 'nbdsh -u "$uri" -c - <client.py' 2>log
holds "$(cat log)" "debug: line 0000000000000010: 6e 61 6d 65 20 30 20 "
holds "$(cat log)" "|name 0 family "

# Parting: the client is dropped, a wait ends with its client or the server, the server ends.
serve -v ./helpers.so 2>err
nbdsh -u "$uri" -c '
try:
    h.pwrite(b"d" * 512, 0)
    assert False
except nbd.Error:
    pass'
nbdsh -u "$uri" -c 'h.pwrite(b"n" * 512, 0)'
nbdsh -u "$uri" -c 'h.aio_pwrite(nbd.Buffer.from_bytearray(bytearray(b"w" * 512)), 0)
while h.aio_get_direction() & 2: h.poll(100)' # and gone
wait_for grep -q "nbdkit_nanosleep: the client has gone" err

# A client that waits is answered when the server ends.
nbdsh -u "$uri" -c '
try:
    h.pwrite(b"w" * 512, 0)
    assert False
except nbd.Error as e:
    assert e.errno == "ESHUTDOWN", e.errno' &
client=$!
waits() { [ "$(grep -c "going to wait" err)" = 2 ]; }
wait_for waits
nbdsh -u "$uri" -c 'h.pwrite(b"s" * 512, 0)'
wait $client || fail "a client that waits, when the server ends"
wait $server || fail "the server ended with $?"
trap - EXIT
