-- SPDX-License-Identifier: BSD-3-Clause
-- split: files one after the other as one disk.

description = "files one after the other as one disk"

parameters = {
    file = {
        "path", required = true, bare = true, many = true, label = "FILENAME",
        doc = "the next file or block device",
    },
}

thread_model = "parallel"

function config_complete()
    for _, path in ipairs(config.file) do
        if not stele.exists(path) then stele.fail("ENOENT", path .. ": no such file") end
    end
end

function open(readonly)
    local parts = {}
    for i, path in ipairs(config.file) do
        parts[i] = stele.file { path = path, readonly = readonly }
    end
    return stele.concat(parts)
end
