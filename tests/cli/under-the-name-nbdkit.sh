#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Started as nbdkit it answers the questions that virt-v2v, CDI and libvirt ask of one.
. "$SRCDIR/tests/functions"
need nbdinfo

mkdir bin
ln -s "$STELE" bin/nbdkit
PATH=$PWD/bin:$PATH

# virt-v2v
nbdkit --dump-config | grep -Eq '^version=[0-9]+\.[0-9]+\.[0-9]+' || fail "no version"
same "$(nbdkit --dump-config | sed -n 's/^name=//p')" nbdkit
nbdkit file --version >/dev/null
nbdkit null --filter=cow --version >/dev/null
nbdkit file --help | grep -sq 'reduce-memory-pressure=' || fail "file --help"
nbdkit null --filter=cow --help | grep -sq 'cow-on-read=.*/PATH' || fail "cow --help"
nbdkit null --filter=cow --help | grep -sq 'cow-block-size' || fail "cow --help"
nbdkit --long-options | grep -q '^--name$' || fail "--long-options"
LANG=C nbdkit --name disk0 --exit-with-parent --foreground --pidfile pid --unix "$PWD/sock" \
    --threads 16 -D nbdkit.backend.datapath=0 --readonly --verbose --filter cow memory 1M 2>log &
server=$!
trap 'kill $server 2>/dev/null || :' EXIT
wait_for test -s pid
same "$(nbdinfo --size "nbd+unix:///?socket=$PWD/sock")" 1048576
kill -INT $server
wait $server
trap - EXIT

# CDI: options after the plugin's name
"$STELE" --version >/dev/null
nbdkit --foreground --readonly --exit-with-parent -U sock2 --pidfile pid2 -r memory size=1M \
    --verbose -D nbdkit.backend.controlpath=0 2>log &
server=$!
trap 'kill $server 2>/dev/null || :' EXIT
wait_for test -s pid2
kill -INT $server
wait $server
trap - EXIT
nbdkit memory --dump-plugin | grep -q '^name=memory$' || fail "--dump-plugin"

# libvirt
nbdkit --version | grep -Eq '^nbdkit 1\.[0-9]+\.[0-9]+' || fail "--version"
nbdkit --version --filter cow null >/dev/null
same "$(nbdkit null --version | sed -n 2p | cut -d' ' -f1)" null
refused nbdkit nosuchplugin --version
holds "$said" "nbdkit: error: "

# captive
same "$(nbdkit -U - memory 1M --run 'nbdinfo --size $nbd')" 1048576
