#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is mistyped is answered with what was probably meant.
. "${0%/*}/clients.inc"

refused "'offset'" --filter=ofset memory 1M
refused "'rdelay'" --filter=delay memory 1M rdealy=1
refused "'memory'" memroy 1M
refused "'error-pread-rate'" --filter=error memory 1M error-pread-rat=1
