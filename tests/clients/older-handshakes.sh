#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Clients from before options, and servers told to behave like the old: -o, --no-sr,
# --mask-handshake.
. "$SRCDIR/tests/functions"
need nbdsh nbdinfo

works='
h.pwrite(b"old", 510)
assert h.pread(5, 509) == b"\0old\0"
h.flush()
assert h.get_size() == 1048576'

serve -o memory 1M
nbdsh -u "$uri" -c 'assert h.get_protocol() == "oldstyle"' -c "$works"
holds "$(nbdinfo "$uri")" oldstyle
stop_server

serve --mask-handshake=0 memory 1M
nbdsh -u "$uri" -c 'assert h.get_protocol() == "newstyle"' -c "$works"
stop_server

serve --no-sr memory 1M
nbdsh -u "$uri" -c 'assert not h.get_structured_replies_negotiated()' -c "$works"
stop_server

# An old client: NBD_OPT_EXPORT_NAME, simple replies.
serve memory 1M
nbdsh -c 'h.set_handshake_flags(0)' -c "h.connect_uri('$uri')" \
    -c 'assert h.get_protocol() == "newstyle"' -c "$works"
nbdsh -c 'h.set_request_structured_replies(False)' -c "h.connect_uri('$uri')" \
    -c 'assert not h.get_structured_replies_negotiated()' -c "$works"
stop_server
