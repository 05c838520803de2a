-- SPDX-License-Identifier: BSD-3-Clause
-- A filter is a script that gets the next device: here, all that is read comes in capital
-- letters.  What it does not define (writes, the size, ...) goes past it.
--
--     stele --filter=./shout.lua file LICENSE --run 'nbdcopy "$uri" - | head -n 1'

function pread(next, count, offset)
    return next:pread(count, offset):upper()
end
