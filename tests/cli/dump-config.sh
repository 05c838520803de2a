#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --dump-config prints key=value lines, among them those that scripts look for.
. "$SRCDIR/tests/functions"

dump=$("$STELE" --dump-config)
printf '%s\n' "$dump" | grep -v '^[a-z_]*=' && fail "lines that are not key=value"
for key in binary bindir exit_with_parent filterdir host_cpu host_os libdir mandir \
    max_api_version name plugindir root_tls_certificates_dir run_default_socket sbindir \
    selinux soext sysconfdir timeout_option tls version version_major version_minor \
    vsock_option zstd; do
    holds "$dump" "$key="
done
value() { printf '%s\n' "$dump" | sed -n "s/^$1=//p"; }
same "$(value name)" stele
same "$(value version | cut -d. -f1)" "$(value version_major)"
same "$(value version | cut -d. -f2)" "$(value version_minor)"
same "$(value run_default_socket)" Unix
[ -x "$(value binary)" ] || fail "no such program: $(value binary)"
[ -e "$(value plugindir)/memory.lua" ] || fail "no plugins in $(value plugindir)"
[ -e "$(value filterdir)/readonly.lua" ] || fail "no filters in $(value filterdir)"
