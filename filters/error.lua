-- SPDX-License-Identifier: BSD-3-Clause
-- error: let requests fail, to see what clients make of it.  What is not made to fail
-- passes untouched.

description = "let requests fail at random"

local methods = { "pread", "pwrite", "trim", "zero", "extents", "cache" }
local errors = {
    "EPERM", "EIO", "ENOMEM", "EINVAL", "ENOSPC", "ESHUTDOWN", "EOVERFLOW", "ENOTSUP",
}

parameters = {
    ["error"] = { "choice", errors, default = "EIO", doc = "the error that clients see" },
    ["error-rate"] = {
        "probability", default = "0", label = "0%..100%|0..1", doc = "how many of the requests fail",
    },
    ["error-file"] = { "path", label = "FILENAME", doc = "fail only while this file exists" },
}

for _, method in ipairs(methods) do
    local name, only = "error-" .. method, ", for " .. method .. " only"
    parameters[name] = { "choice", errors, label = "ERROR", doc = "the same as error=" .. only }
    parameters[name .. "-rate"] = {
        "probability", label = "0%..100%|0..1", doc = "the same as error-rate=" .. only,
    }
    parameters[name .. "-file"] = {
        "path", label = "FILENAME", doc = "the same as error-file=" .. only,
    }
end

thread_model = "parallel"

-- A setting of one method, or else that of all.
local function setting(method, suffix)
    local own = config["error-" .. method .. suffix]
    if own ~= nil then return own end
    return config["error" .. suffix]
end

local rules = {}

function config_complete()
    for _, method in ipairs(methods) do
        local rate = setting(method, "-rate")
        if rate > 1 then error("an error rate is at most 100%, not " .. rate * 100 .. "%", 0) end
        rules[method] = { error = setting(method, ""), rate = rate, file = setting(method, "-file") }
    end
end

for _, method in ipairs(methods) do
    _G[method] = function()
        local rule = rules[method]
        if rule.rate > math.random() and (not rule.file or stele.exists(rule.file)) then
            stele.fail(rule.error, "injecting " .. rule.error .. " error into " .. method)
        end
        return pass
    end
end
