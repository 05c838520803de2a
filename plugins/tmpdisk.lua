-- SPDX-License-Identifier: BSD-3-Clause
-- tmpdisk: a fresh disk with a file system for every client, gone when it leaves.
--
-- A disk is made as a file in a folder of this server's, opened, and unlinked at once; the
-- folder itself goes with the server, also when that is killed: a shell waits for it.

description = "a fresh disk with a file system for every client, gone when it leaves"

parameters = {
    size = { "size", required = true, bare = true, doc = "virtual size of the disk" },
    type = { "string", default = "ext4", label = "FS", doc = "which file system" },
    label = { "string", doc = "the file system's label" },
    command = { "string", label = "SCRIPT", doc = "shell script that makes $disk, instead of mkfs" },
    dir = { "path", label = "FOLDER", doc = "where the disks are, instead of $TMPDIR or /var/tmp" },
    template = {
        "boolean", default = "false", doc = "make one disk, and give each client a copy of it",
    },
    largest = { "size", doc = "clients may choose a size up to this, as the export's name" },
}

thread_model = "parallel"

local folder, guard, count = nil, nil, 0
local variables = {}

-- Labels are given differently to each mkfs; `extra` is what makes it ask no questions.
local kinds = {
    ext2 = { extra = "-F", label = "-L" }, ext3 = { extra = "-F", label = "-L" },
    ext4 = { extra = "-F", label = "-L" }, xfs = { extra = "-f", label = "-L" },
    btrfs = { extra = "-f", label = "-L" }, f2fs = { extra = "-f", label = "-l" },
    vfat = { extra = "-I", label = "-n" }, fat = { extra = "-I", label = "-n" },
    msdos = { extra = "-I", label = "-n" }, exfat = { label = "-L" },
    ntfs = { extra = "-Q -F", label = "-L" }, minix = {}, bfs = { label = "-V" },
    jfs = { extra = "-q", label = "-L" }, reiserfs = { extra = "-q", label = "-l" },
    udf = { label = "-l" }, hfsplus = { label = "-v" },
}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- What the command prints, or an error with it.
local function run(what, command)
    local pipe = assert(io.popen("exec 2>&1 </dev/null\n" .. command))
    local said = pipe:read("a"):gsub("%s+$", "")
    local ok, how, code = pipe:close()
    if not ok then
        stele.fail("EIO", ("%s: %s (%s %d)"):format(what, said:match("[^\n]*$"), how, code))
    end
    return said
end

function config(key, value)
    if key == "disk" or not key:find("^[%a_][%w_]*$") then return pass end
    variables[key] = value
end

-- As the shell script sees it: values are variables, and never code.
local function assignments(disk, size)
    local lines = { "disk=" .. quote(disk), "size=" .. size }
    for key, value in pairs(variables) do lines[#lines + 1] = key .. "=" .. quote(value) end
    lines[#lines + 1] = "type=" .. quote(stele.config.type)
    lines[#lines + 1] = "label=" .. quote(stele.config.label or "")
    return table.concat(lines, "\n") .. "\n"
end

local function mkfs()
    local kind = kinds[stele.config.type] or { label = "-L" }
    local label = ""
    if stele.config.label then
        if not kind.label then stele.fail("EINVAL", stele.config.type .. " has no label") end
        label = kind.label .. " " .. quote(stele.config.label)
    end
    return ([[
        PATH=$PATH:/usr/sbin:/sbin
        truncate -s "$size" "$disk" && mkfs -t "$type" %s %s "$disk"
    ]]):format(kind.extra or "", label)
end

local function make(disk, size)
    local made, message = pcall(run, stele.config.command and "command" or "mkfs",
        assignments(disk, size) .. (stele.config.command or mkfs()))
    if made and not stele.exists(disk) then made, message = false, "the command made no $disk" end
    if not made then
        os.remove(disk)
        error(message, 0)
    end
end

local function new_name()
    count = count + 1
    return folder .. "/disk" .. count
end

-- It stays as long as it is open.
local function open_unlinked(path)
    local opened, disk = pcall(stele.file, { path = path })
    os.remove(path)
    if not opened then error(disk, 0) end
    return disk
end

local function empty(path, size)
    local file <close> = assert(io.open(path, "w"))
    if size > 0 then
        file:seek("set", size - 1)
        file:write("\0")
    end
end

-- Ends when this server does, however that is.  A mkfs may still be at work then, and what is
-- being removed is not empty after all.
local watch = [[
    trap '' INT QUIT TERM HUP
    cat >/dev/null
    folder=%s
    for try in 1 2 3 4 5; do rm -rf "$folder" 2>/dev/null && break; sleep 1; done
]]

-- Not before: the folder belongs to whom the server runs as.
function after_fork()
    local parent = stele.config.dir or os.getenv("TMPDIR") or "/var/tmp"
    folder = run("dir", "mktemp -d " .. quote(parent .. "/tmpdisk-XXXXXX"))
    guard = assert(io.popen(watch:format(quote(folder)), "w"))
    if stele.config.template then make(folder .. "/template", stele.config.size) end
end

function unload()
    if guard then guard:close() end
end

-- A name that is a size, where clients may choose.
local function chosen_size()
    local name = stele.export_name()
    if name == "" or not stele.config.largest then return stele.config.size end
    local size = stele.parse_size(name)
    if size > stele.config.largest then
        stele.fail("EINVAL", ("%s: the largest disk has %d bytes"):format(name, stele.config.largest))
    end
    return size
end

function open(readonly)
    local size, path = chosen_size(), new_name()
    if stele.only_asks() and not stele.config.command then
        empty(path, size)
    elseif stele.config.template and size == stele.config.size then
        run("template", ("cp --reflink=auto --sparse=always %s %s")
            :format(quote(folder .. "/template"), quote(path)))
    else
        make(path, size)
    end
    return open_unlinked(path)
end

can_multi_conn = false
can_fua = "emulate"

function flush(handle) end -- nothing outlives the client
