-- SPDX-License-Identifier: BSD-3-Clause
-- file: a file or block device; or, with dir= or dirfd=, the files of a folder, of which
-- the client chooses one by the export's name.  Every client opens the file anew, so a
-- file that has grown or been replaced is seen by the next client.

description = "a file, a block device, or the files of a folder"

parameters = {
    file = { "path", bare = true, label = "FILENAME", doc = "the file or block device to serve" },
    dir = { "path", label = "FOLDER", doc = "or a folder: the export's name chooses the file" },
    fd = { "unsigned", label = "FD", doc = "or the number of an open file" },
    dirfd = { "unsigned", label = "FD", doc = "or the number of an open folder" },
    fadvise = {
        "choice", { "normal", "random", "sequential" }, default = "normal",
        doc = "what to tell the kernel of the use to come",
    },
    ["reduce-memory-pressure"] = {
        "boolean", default = "false", doc = "drop what was read or written from the page cache",
    },
    cache = {
        "choice", { "default", "none" }, default = "default", hidden = true,
        doc = "none: the older name of reduce-memory-pressure=true",
    },
}

thread_model = "parallel"

function config_complete()
    local given = {}
    for _, name in ipairs { "file", "dir", "fd", "dirfd" } do
        if config[name] ~= nil then given[#given + 1] = name .. "=" end
    end
    if #given == 0 then error("what to serve? give file=, dir=, fd= or dirfd=", 0) end
    if #given > 1 then error("only one can be served: " .. table.concat(given, ", "), 0) end
    if config.file and not stele.exists(config.file) then
        stele.fail("ENOENT", config.file .. ": no such file")
    end
end

-- The folder, if one is served.  The kernel knows an open folder by this name, too.
local function folder()
    return config.dir or config.dirfd and "/proc/self/fd/" .. config.dirfd
end

-- A name with a slash would lead out of the folder.
local function chosen(name)
    if name == "" then stele.fail("ENOENT", "the export's name says which file; none was given") end
    if name:find("/", 1, true) then stele.fail("EINVAL", "an export's name cannot contain /") end
    return folder() .. "/" .. name
end

function open(readonly)
    local options = {
        readonly = readonly,
        fadvise = config.fadvise,
        reduce_memory_pressure = config["reduce-memory-pressure"] or config.cache == "none",
    }
    if folder() then
        options.path = chosen(stele.export_name())
    elseif config.fd then
        options.fd = config.fd
    else
        options.path = config.file
    end
    return stele.file(options)
end

function list_exports()
    if not folder() then return { "" } end
    local names = {}
    for _, entry in ipairs(stele.list_dir(folder())) do
        if entry.type == "file" or entry.type == "block" then names[#names + 1] = entry.name end
    end
    table.sort(names)
    return names
end
