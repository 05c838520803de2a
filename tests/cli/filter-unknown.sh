#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is mistyped is answered with what was probably meant.
. "${0%/*}/clients.inc"

refuses "'offset'" --filter=ofset memory 1M
refuses "'rdelay'" --filter=delay memory 1M rdealy=1
refuses "'memory'" memroy 1M
refuses "'error-pread-rate'" --filter=error memory 1M error-pread-rat=1
