#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# zero: no bytes, read-only.
. "${0%/*}/clients.inc"

client zero <<'END'
assert h.get_size() == 0
assert h.is_read_only()
END
