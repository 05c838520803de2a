#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# On a terminal Ctrl-C drops what is typed, and what was typed before it, or ends what is running.
. "$SRCDIR/tests/functions"
need python3

cat >type.py <<'END'
import os, pty, select, sys

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execv(sys.argv[1], [sys.argv[1], "repl"])
said = b""

# False: it has not come in so many seconds.
def comes(wanted, seconds):
    global said
    while wanted not in said:
        if not select.select([terminal], [], [], seconds)[0]:
            return False
        said += os.read(terminal, 4096)
    said = said[said.index(wanted) + len(wanted):]
    return True

def type_in(text, *answers):
    os.write(terminal, text)
    for answer in answers:
        comes(answer, 20) or sys.exit("no %r after %r, but %r" % (answer, text, said))

# Should it come when the prompt is there and the line not yet read, people press it again.
def drop():
    for again in range(20):
        os.write(terminal, b"\x03")
        if comes(b"\r\n> ", 1):
            return
    sys.exit("nothing is dropped")

type_in(b"", b"> ")
type_in(b"1 + nonsense", b"nonsense")
drop()
type_in(b"20 + 2\n", b"22\r\n> ")
type_in(b"function f()\n", b"\r\n>> ")
drop()
type_in(b"20 + 3\n", b"23\r\n> ")
# The thread sanitizer lets a handler run where the C library is called.
type_in(b"print('runs' .. '!') while true do os.time() end\n", b"runs!\r\n")
type_in(b"\x03", b"error: interrupted\r\n> ")
type_in(b"print('waits' .. '!') sleep(60)\n", b"waits!\r\n")
type_in(b"\x03", b"error: interrupted\r\n> ")
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
python3 type.py "$STELE" || fail "exit $?"
