-- SPDX-License-Identifier: BSD-3-Clause
-- offset: only a part of the disk.  The part is a slice; no request enters this script.

description = "serve only a part of the disk"

parameters = {
    offset = { "size", default = "0", doc = "where the part begins" },
    range = { "size", doc = "how long it is; to the end where not given" },
}

function open(next)
    local size, first, length = next:get_size(), config.offset, config.range
    if first > size then
        stele.fail("EINVAL", ("offset=%d is past the end of the disk, which has %d bytes"):format(first, size))
    end
    if length and length > size - first then
        stele.fail("EINVAL", ("offset=%d range=%d goes past the end of the disk, which has %d bytes")
            :format(first, length, size))
    end
    return stele.slice { next, offset = first, size = length }
end
