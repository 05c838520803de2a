-- SPDX-License-Identifier: BSD-3-Clause
-- memory: a disk in memory, zero until written, gone when the server ends.
-- One disk, made before the first client comes; every client gets that same device, so
-- no request ever enters this script.

description = "a disk in memory, gone when the server ends"

parameters = {
    size = { "size", required = true, bare = true, doc = "virtual size of the disk" },
    allocator = {
        "string", default = "sparse", label = "sparse|malloc[,mlock=true]|zstd[,level=N]",
        doc = "how the bytes are kept",
    },
    level = { "integer", doc = "zstd: compression level" },
    mlock = { "boolean", doc = "malloc: lock the bytes into memory" },
    limit = { "size", doc = "most memory to use; beyond it a write gets ENOSPC" },
}

thread_model = "parallel"

-- "malloc,mlock=true" is the allocator and its options; a bare option means "1".
local function allocator_parse(text)
    local options = {}
    local name, rest = text:match("^([^,]*)(.*)$")
    for key, equals, value in rest:gmatch(",([^,=]*)(=?)([^,]*)") do
        if key ~= "mlock" and key ~= "level" then
            error("allocator=" .. text .. ": the options are mlock and level, not '" .. key .. "'", 0)
        end
        options[key] = equals == "=" and value or "1"
    end
    options.allocator = name
    return options
end

function get_ready()
    local options = allocator_parse(config.allocator)
    options.size, options.limit = config.size, config.limit
    if config.level ~= nil then options.level = config.level end
    if config.mlock ~= nil then options.mlock = config.mlock end
    disk = stele.ram(options)
end

function open() return disk end

function dump_plugin()
    print("mlock=yes")
    local zstd = pcall(stele.ram, { size = 4096, allocator = "zstd" })
    print("zstd=" .. (zstd and "yes" or "no"))
end
