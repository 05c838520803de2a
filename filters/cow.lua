-- SPDX-License-Identifier: BSD-3-Clause
-- cow: a writable copy of the disk, which itself is never written.  What is written stays
-- in memory and is gone when the server ends.  All clients of an export share one copy,
-- made for the first of them; no request enters this script.

description = "copy on write: the disk below is never written"

parameters = {
    ["cow-block-size"] = { "size", default = "64k", doc = "the unit that is copied" },
    ["cow-on-cache"] = { "boolean", default = "false", doc = "cache requests copy, too" },
    ["cow-on-read"] = {
        "string", default = "false", label = "BOOL|/PATH",
        doc = "reads copy, too; or do while /PATH exists",
    },
}

local copies = {} -- by the export's name

function config_complete()
    local size, text = config["cow-block-size"], config["cow-on-read"]
    if size < 4096 or size > 64 << 20 or size & size - 1 ~= 0 then
        error("cow-block-size must be a power of two from 4k to 64M", 0)
    end
    if text:sub(1, 1) == "/" then
        while_file = text
    else
        on_read = stele.parse_boolean(text, "cow-on-read")
    end
end

function open(next)
    local name = stele.export_name()
    copies[name] = copies[name] or stele.cow {
        next,
        block_size = config["cow-block-size"],
        on_cache = config["cow-on-cache"],
        on_read = on_read,
        on_read_while = while_file,
    }
    return copies[name]
end

function cleanup()
    for _, copy in pairs(copies) do copy:close() end
    copies = {}
end
