#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The README's tour: each `$ command` in it prints what stands below it.
. "$SRCDIR/tests/functions"
need nbdinfo nbdcopy qemu-img

"$SRCDIR/tests/readme-commands" >/dev/null
ln -s "$STELE" stele
cp -r "$SRCDIR/examples" "$SRCDIR/README.md" "$SRCDIR/LICENSE" .

# As lines of `$ command` and `> output`.
awk '/^## A tour/ { tour = 1 } /^## Where/ { tour = 0 }
    tour && /^    \$ / { on = 1; print substr($0, 5); next }
    tour && on && /^    / { print "> " substr($0, 5); next }
    { on = 0 }' README.md >transcript
grep -q '^\$ ' transcript || fail "no command found in the README"

check() {
    [ -n "$command" ] || return 0
    timeout 30 sh -c "$command" >got 2>&1 </dev/null || :
    diff -u wanted got || fail "README.md differs from what happens: $command"
}

command=
while IFS= read -r line; do
    case $line in
        '$ '*)
            check
            command=${line#??}
            : >wanted ;;
        *) printf '%s\n' "${line#??}" >>wanted ;;
    esac
done <transcript
check

# The script that it shows is the one in examples.
sed -n '/^    #!/,/^    end/p' README.md | sed 's/^    //' >shown
diff -u shown examples/hello.lua
