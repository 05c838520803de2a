-- SPDX-License-Identifier: BSD-3-Clause
-- noextents: holes are not looked for; the disk appears to be data throughout.

description = "do not look for holes"

can_extents = false
