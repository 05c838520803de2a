/* SPDX-License-Identifier: BSD-3-Clause */
/* test-lua-scripts.c: a script in Lua by itself: its mistakes, its parameters, and the
 * constructors and functions that it finds there. */
#include "lua-fixture.h"

static bool load_says (const char *script, const char *text) {
    struct plugin *p = load (script, false);

    CHECK (!p);
    plugin_free (p);
    return says (text);
}

static void bad_scripts (void) {
    CHECK (load_says ("\nfunction pread(\n", ".lua:3: "));
    CHECK (load_says ("local x = 5\nx.y = nil\n", ".lua:2: attempt to index"));
    CHECK (load_says ("pread = 5", "'pread' is a number; a function is wanted, or pass"));
    CHECK (load_says ("open = {}", "'open' is a table; a function is wanted"));
    CHECK (load_says ("parameters = { size = { 'sise' } }",
                      "parameters.size: unknown type 'sise': did you mean 'size'?"));
    CHECK (load_says ("parameters = { size = { 'size', requierd = true } }",
                      "unknown field 'requierd': did you mean 'required'?"));
    CHECK (load_says ("parameters = { a = { 'choice' } }", "a choice wants the list"));
    CHECK (load_says ("parameters = { a = 'size' }", "parameters.a is a string"));
    CHECK (load_says ("require 'no_such_module'", "module 'no_such_module' not found"));
}

static void parameters (void) {
    struct plugin *p = load (
        "parameters = {\n"
        "  zeta = { 'int', default = -3 },\n"
        "  size = { 'size', required = true, bare = true, doc = 'how large' },\n"
        "  mode = { 'choice', { 'fast', 'slow' }, default = 'slow' },\n"
        "  on = { 'bool', default = true }, wait = { 'delay', default = '15ms' },\n"
        "  rate = { 'probability' }, file = { 'path', many = true },\n"
        "  must = { 'string', required = true },\n"
        "}\n"
        "local c = config\n"
        "assert(c == stele.config)\n"
        "function get_ready()\n"
        "  assert(math.type(c.size) == 'integer' and c.size == 1048576)\n"
        "  assert(c.zeta == -3 and c.mode == 'fast' and c.on == true and c.wait == 0.015)\n"
        "  assert(c.rate == nil and #c.file == 2 and c.file[2] == '/b' and c.must == 'yes')\n"
        "end\n",
        false);

    CHECK (p != NULL);
    if (!p) {
        says ("no error");
        return;
    }
    CHECK (strcmp (p->parameters[0].name, "size") == 0);
    CHECK (strcmp (p->parameters[1].name, "must") == 0);
    CHECK (strcmp (p->parameters[2].name, "file") == 0);
    CHECK (p->magic && strcmp (p->magic, "size") == 0);
    CHECK (plugin_config (p, "sise", "1M", &error) < 0);
    CHECK (says ("did you mean 'size'?"));
    memset (&error, 0, sizeof error);
    CHECK_EQ (plugin_config_bare (p, "1M", &error), 0);
    CHECK_EQ (plugin_config (p, "mode", "fast", &error), 0);
    CHECK_EQ (plugin_config (p, "file", "/a", &error), 0);
    CHECK_EQ (plugin_config (p, "file", "/b", &error), 0);
    CHECK_EQ (plugin_config (p, "must", "yes", &error), 0);
    CHECK_EQ (plugin_config_complete (p, &error), 0);
    CHECK_EQ (plugin_get_ready (p, &error), 0);
    CHECK (says (""));
    plugin_free (p);
}

static void older_parameters (void) {
    struct plugin *p = load ("magic_config_key = 'file'\nlocal got = {}\n"
                             "function config(k, v)\n"
                             "  if k == 'bad' then error('no such thing: ' .. k) end\n"
                             "  got[k] = v\n"
                             "end\n"
                             "function config_complete() assert(got.file == 'x' and got.a == 'b') end\n",
                             false);

    CHECK (p != NULL);
    if (!p)
        return;
    CHECK_EQ (plugin_config_bare (p, "x", &error), 0);
    CHECK_EQ (plugin_config (p, "a", "b", &error), 0);
    CHECK_EQ (plugin_config_complete (p, &error), 0);
    CHECK (says (""));
    CHECK (plugin_config (p, "bad", "b", &error) < 0);
    CHECK (says ("config: "));
    CHECK (says (":4: no such thing: bad"));
    plugin_free (p);
}

/* Lua that checks itself, as get_ready of a script. */
static void in_lua (const char *body) {
    char script[4000];
    struct plugin *p;

    snprintf (script, sizeof script, "function get_ready()\n%s\nend\n", body);
    p = ready (script, NULL);
    plugin_free (p);
}

/* A script of another server has variables under names that are callbacks here. */
static void variables_are_left_alone (void) {
    struct plugin *p = ready ("cache = { n = 0 }\nblock_size = 512\nextents = {}\ncleanup = true\n"
                              "function open(readonly) return 'h' end\n"
                              "function get_size(h) return 100 * block_size end\n"
                              "function pread(h, count, offset)\n"
                              "  cache.n = cache.n + 1 return h:rep(count)\nend\n",
                              NULL);
    struct device *d = open_device (p);

    CHECK_EQ (d->facts.block_size.minimum, 0);
    CHECK (reads (d, 4, 0, "hhhh"));
    end (p, d);
}

static void constructors (void) {
    in_lua ("local a = stele.ram '1M'\n"
            "assert(a:get_size() == 1048576 and tostring(a) == 'device ram 1048576')\n"
            "a:pwrite('hello', 4090)\n"
            "assert(a:pread(5, 4090) == 'hello')\n"
            "a:pwrite(stele.buffer 'HE', 4090)\n"
            "assert(a:pread(5, 4090) == 'HEllo')\n"
            "a:zero(2, 4090, true)\n"
            "assert(a:pread(3, 4090) == '\\0\\0l')\n"
            "local s = stele.slice { a, offset = 4092, size = 3 }\n"
            "assert(s:pread(3, 0) == 'llo' and s:get_size() == 3)\n"
            "local c = stele.concat { s, stele.pattern(8), s }\n"
            "assert(c:get_size() == 14 and c:pread(3, 11) == 'llo')\n"
            "assert(stele.concat(s, s):get_size() == 6)\n"
            "assert(stele.concat { device = { s, s } }:get_size() == 6)\n"
            "assert(stele.null():get_size() == 0)");
    in_lua ("local ok, e = pcall(stele.ram, { sise = 5 })\n"
            "assert(not ok and tostring(e):find('did you mean', 1, true), tostring(e))\n"
            "ok, e = pcall(stele.ram, { size = {} })\n"
            "assert(not ok and tostring(e):find('wants a size, not a table', 1, true), tostring(e))\n"
            "ok, e = pcall(stele.ram)\n"
            "assert(not ok and tostring(e):find('required', 1, true), tostring(e))\n"
            "ok, e = pcall(stele.slice, { 'x' })\n"
            "assert(not ok)\n"
            "ok, e = pcall(stele.file, '/no/such/file')\n"
            "assert(not ok and e.name == 'ENOENT', tostring(e))");
    in_lua ("local d = stele.ram '1M'\n"
            "local ok, e = pcall(d.pread, d, 10, 1 << 20)\n"
            "assert(not ok and e.name == 'EINVAL' and e.device, tostring(e))\n"
            "ok, e = pcall(d.pread, d, -1, 0)\n"
            "assert(not ok and tostring(e):find('less than 0', 1, true), tostring(e))\n"
            "ok, e = pcall(d.pread, d, 1 << 40, 0)\n"
            "assert(not ok)\n"
            "ok, e = pcall(d.pread, 'x', 1, 0)\n"
            "assert(not ok)\n"
            "d:pwrite(('x'):rep(65536), 131072)\n"
            "local e = d:extents(1 << 20, 0)\n"
            "assert(#e == 3 and e[2].offset == 131072 and e[2].length == 65536 and e[2].type == 0)\n"
            "assert(e[1].type == stele.HOLE | stele.ZERO)\n"
            "assert(#d:extents(1 << 20, 0, stele.REQ_ONE) == 1)\n"
            "assert(d:can_write() == true and type(d:can_fua()) == 'string')\n"
            "local min, pref, max = d:block_size()\n"
            "assert(math.type(min) == 'integer' and math.type(max) == 'integer')\n"
            "d:close() d:close()\n"
            "assert(tostring(d) == 'device (closed)')\n"
            "ok, e = pcall(d.pread, d, 1, 0)\n"
            "assert(not ok and tostring(e):find('closed', 1, true), tostring(e))");
}

static void helpers (void) {
    in_lua ("local b = stele.buffer(16)\n"
            "assert(#b == 16 and tostring(b) == ('\\0'):rep(16))\n"
            "b:set(4, 'word') b:fill(0x2e, 0, 4) \n"
            "assert(b:get(2, 6) == '..word')\n"
            "assert(not pcall(b.get, b, 10, 7) and not pcall(b.set, b, 15, 'xx'))\n"
            "assert(not pcall(b.get, b, -1, 1) and not pcall(b.fill, b, 256))\n"
            "b:set(0, b) b:fill(65)\n"
            "assert(tostring(b) == ('A'):rep(16) and b:get(16, 0) == '')");
    in_lua ("assert(require 'stele' == stele and stele.pass == pass and tostring(pass) == 'pass')\n"
            "assert(stele.parse_size '1k' == 1024 and stele.parse_delay '2ms' == 0.002)\n"
            "assert(stele.parse_probability '50%' == 0.5 and stele.parse_boolean 'on' == true)\n"
            "assert(not pcall(stele.parse_size, 'x'))\n"
            "assert(stele.export_name() == nil and stele.connection() == nil)\n"
            "assert(stele.exists '/' and not stele.exists '/no/such')\n"
            "assert(stele.realpath '/..' == '/' and not pcall(stele.realpath, '/no/such'))\n"
            "assert(stele.absolute_path '/a/b' == '/a/b' and stele.absolute_path('a'):sub(-2) == '/a')\n"
            "local found = false\n"
            "for _, e in ipairs(stele.list_dir '/') do found = found or e.name == 'tmp' and e.type == 'dir' end\n"
            "assert(found and not pcall(stele.list_dir, '/no/such'))\n"
            "assert(stele.read_password 'secret' == 'secret')\n"
            "assert(math.abs(stele.time() - os.time()) < 5)\n"
            "assert(not pcall(stele.fail, 'EWHAT') and not pcall(stele.sleep, -1))\n"
            "stele.sleep(0.001) stele.debug('a', 1, nil)\n"
            "local co = coroutine.wrap(function() stele.sleep(0.001) coroutine.yield(5) end)\n"
            "assert(co() == 5)\n"
            "assert(stele.peer_name() == nil and stele.peer_pid() == nil)\n"
            "assert(type(stele.name) == 'string')");
}

int main (int argc, char **argv) {
    static void (*const tests[]) (void) = {
        bad_scripts,
        parameters,
        older_parameters,
        variables_are_left_alone,
        constructors,
        helpers,
        NULL,
    };

    (void) argv;
    return run_tests (argc, tests);
}
