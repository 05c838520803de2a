#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --long-options, --short-options and --help know every option; scripts look for some.
. "$SRCDIR/tests/functions"

long=$("$STELE" --long-options)
for option in unix port ip-addr ipaddr ipv4-only ipv6-only exportname export-name export \
    foreground no-fork readonly read-only single stdin threads pidfile pid-file user group \
    verbose debug version run print-uri print-url show-uri show-url log name timeout time-out \
    keepalive keep-alive exit-with-parent dump-config dump-plugin long-options short-options \
    vsock swap selinux-label mask-handshake no-sr no-structured-replies no-mc \
    no-meta-contexts newstyle new-style oldstyle old-style tls tls-certificates tls-psk \
    tls-verify-peer tls-priority filter help; do
    printf '%s\n' "$long" | grep -qx -e "--$option" || fail "--long-options lacks --$option"
done
short=$("$STELE" --short-options)
for letter in U p i 4 6 e f r s t P u g v D V n o; do
    printf '%s\n' "$short" | grep -qx -e "-$letter" || fail "--short-options lacks -$letter"
done
help=$("$STELE" --help)
holds "$help" "-U, --unix=PATH|-"
holds "$help" "--print-uri"

# And the manual page tells of all of them.
for option in $long; do
    grep -q -F "B<$option>" "$SRCDIR/docs/stele.pod" || fail "the manual lacks $option"
done
for option in $short; do
    grep -q -F "B<$option>" "$SRCDIR/docs/stele.pod" || fail "the manual lacks $option"
done
