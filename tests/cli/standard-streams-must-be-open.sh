#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Started without standard input or output it refuses, rather than mix them up with a disk.
. "$SRCDIR/tests/functions"

refused sh -c '"$STELE" -f -U sock memory 1M <&-'
holds "$said" "must be open"
refused sh -c '"$STELE" -f -U sock memory 1M >&-'
