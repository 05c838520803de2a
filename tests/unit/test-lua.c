/* SPDX-License-Identifier: BSD-3-Clause */
/* test-lua.c: scripts in Lua, driven as the core drives them: through plugin.h.
 *
 * Each test writes a script (or a chain of them) into the current folder, loads it, opens
 * a device and looks at what comes back. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin.h"
#include "pool.h"

static struct host host = {.log = {.program = "test-lua", .to = LOG_TO_NULL}, .stdio_safe = true};
static const struct session session = {.number = 7, .export_name = "disk", .socket = -1};
static struct error error;

static bool says (const char *text) {
    if (strstr (error.text, text))
        return true;
    fprintf (stderr, "error %d: %s\n", error.number, error.text);
    return false;
}

static struct plugin *load (const char *text, bool filter) {
    static unsigned n;
    char path[32];
    FILE *f;

    snprintf (path, sizeof path, "./script%u.lua", ++n);
    f = fopen (path, "w");
    fputs (text, f);
    fclose (f);
    memset (&error, 0, sizeof error);
    return plugin_new (&host, path, filter, &error);
}

/* A chain that is ready to serve, the outermost first; ends with NULL. */
static struct plugin *ready (const char *plugin, const char *filter) {
    struct plugin *p = load (plugin, false), *f = filter && p ? load (filter, true) : NULL;

    if (!p || (filter && !f)) {
        says ("no error");
        CHECK (!"the scripts load");
        exit (1);
    }
    if (f) {
        f->next = p;
        p = f;
    }
    if (plugin_config_complete (p, &error) < 0 || plugin_get_ready (p, &error) < 0)
        CHECK (says ("nothing"));
    return p;
}

static struct device *open_device (struct plugin *p) {
    struct device *d = plugin_open (p, &session, &error);

    if (!d) {
        says ("no error");
        CHECK (!"the device opens");
        exit (1);
    }
    return d;
}

static void end (struct plugin *p, struct device *d) {
    device_unref (d);
    plugin_cleanup (p);
    plugin_free (p);
}

/* pread of up to 64 bytes: what came, as text, or the errno's name. */
static const char *read_text (struct device *d, uint64_t count, uint64_t offset) {
    static char text[65];
    int r;

    memset (text, 0, sizeof text);
    memset (&error, 0, sizeof error);
    r = device_pread (d, text, count, offset, &error);
    return r < 0 ? error_name (-r) : text;
}

static bool reads (struct device *d, uint64_t count, uint64_t offset, const char *expected) {
    const char *text = read_text (d, count, offset);

    if (strcmp (text, expected) == 0)
        return true;
    fprintf (stderr, "read '%s' (%s), expected '%s'\n", text, error.text, expected);
    return false;
}

/* The answer of one pread of a plugin whose pread is BODY. */
static const char *answer_of (const char *body) {
    static char kept[65];
    char script[2000];
    struct plugin *p;
    struct device *d;

    snprintf (script, sizeof script,
              "get_size = 1 << 40\nfunction pread(h, count, offset, flags)\n%s\nend\n", body);
    p = ready (script, NULL);
    d = open_device (p);
    strcpy (kept, read_text (d, 4, 1 << 20));
    end (p, d);
    return kept;
}

static void plain (void) {
    struct plugin *p = ready ("local disk = ('0'):rep(100)\n"
                              "function open(readonly) return { n = 0 } end\n"
                              "function get_size(h) return #disk end\n"
                              "function pread(h, count, offset)\n"
                              "  h.n = h.n + 1\n"
                              "  return disk:sub(offset + 1, offset + count)\n"
                              "end\n"
                              "function pwrite(h, data, offset)\n"
                              "  disk = disk:sub(1, offset) .. data .. disk:sub(offset + #data + 1)\n"
                              "end\n",
                              NULL);
    struct device *d = open_device (p);

    CHECK_EQ (d->facts.get_size, 100);
    CHECK (d->facts.can_write);
    CHECK (!d->facts.can_trim);
    CHECK (reads (d, 4, 96, "0000"));
    CHECK_EQ (device_pwrite (d, "hello", 5, 10, 0, &error), 0);
    CHECK (reads (d, 7, 9, "0hello0"));
    CHECK_EQ (device_zero (d, 3, 10, 0, &error), 0); /* by writing */
    CHECK_EQ (strlen (read_text (d, 7, 9)), 1);
    CHECK (reads (d, 4, 97, "EINVAL"));
    end (p, d);
}

static void facts_as_values (void) {
    struct plugin *p = ready ("get_size = '3M'\ncan_write = false\ncan_multi_conn = true\n"
                              "is_rotational = true\ncan_cache = 'emulate'\ncan_fua = 0\n"
                              "block_size = { 1, 4096, '64k' }\nexport_description = 'a disk'\n"
                              "contexts = { 'x:one', 'x:two' }\nthread_model = 'parallel'\n"
                              "description = 'short'\n"
                              "function pread(h, count) return ('x'):rep(count) end\n"
                              "function pwrite() end\n",
                              NULL);
    struct device *d = open_device (p);

    CHECK_EQ (d->facts.get_size, 3 << 20);
    CHECK (!d->facts.can_write);
    CHECK (d->facts.can_multi_conn);
    CHECK (d->facts.is_rotational);
    CHECK_EQ (d->facts.can_cache, SUPPORT_EMULATE);
    CHECK_EQ (d->facts.block_size.preferred, 4096);
    CHECK_EQ (d->facts.block_size.maximum, 65536);
    CHECK (d->facts.export_description && strcmp (d->facts.export_description, "a disk") == 0);
    CHECK (d->facts.contexts && strcmp (d->facts.contexts[1], "x:two") == 0);
    CHECK_EQ (p->model, PARALLEL);
    CHECK (p->description && strcmp (p->description, "short") == 0);
    CHECK_EQ (p->defines[ROW_load], NOT_DEFINED); /* it is Lua's own */
    end (p, d);
}

static void results_of_reads (void) {
    CHECK (strcmp (answer_of ("return 'four'"), "four") == 0);
    CHECK (strcmp (answer_of ("return 'longer than that'"), "long") == 0);
    CHECK (strcmp (answer_of ("return stele.buffer('abcdef')"), "abcd") == 0);
    CHECK (strcmp (answer_of ("return string.pack('>I4', offset * 256)"), "\x10") == 0);
    CHECK (strcmp (answer_of ("return 'abc'"), "EIO") == 0);
    CHECK (says ("pread: "));
    CHECK (says (".lua:2: the function returned 3 bytes, and 4 were asked for"));
    CHECK (strcmp (answer_of (""), "EIO") == 0);
    CHECK (says ("the function returned nil, not 4 bytes"));
    CHECK (strcmp (answer_of ("return pass"), "EIO") == 0);
    CHECK (says ("pass, but there is nothing below"));
}

static void errors (void) {
    CHECK (strcmp (answer_of ("error 'boom'"), "EIO") == 0);
    CHECK (strncmp (error.text, "pread: ", 7) == 0);
    CHECK (says (".lua:3: boom"));
    CHECK (strcmp (answer_of ("stele.fail('ENOSPC', 'no', 5)"), "ENOSPC") == 0);
    CHECK (strcmp (error.text, "pread: no 5") == 0);
    CHECK (strcmp (answer_of ("stele.set_error('EPERM') error 'no'"), "EPERM") == 0);
    CHECK (strcmp (answer_of ("stele.set_error(28) local x = nil + 1"), "ENOSPC") == 0);
    CHECK (strcmp (answer_of ("error({})"), "EIO") == 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK (strcmp (answer_of ("return stele.buffer(1 << 45)"), "ENOMEM") == 0);
#endif
    CHECK (strcmp (answer_of ("local function f() return 1 + f() end return f()"), "EIO") == 0);
    CHECK (strcmp (answer_of ("coroutine.yield(1)"), "EIO") == 0);
    CHECK (says ("coroutine.yield outside"));
    CHECK (strcmp (answer_of ("os.exit(1)"), "EIO") == 0);
    CHECK (says ("stele.shutdown"));
    CHECK (strcmp (answer_of ("local ok, e = pcall(stele.fail, 'EPERM', 'x')\n"
                              "return stele.errno_name(e) == 'EPERM' and e.errno == 1 and\n"
                              "  e .. 'y' == 'xy' and tostring(e) == 'x' and 'good'"),
                   "good") == 0);
    CHECK (strcmp (answer_of ("local x <close> = setmetatable({}, { __close = function()\n"
                              "  error 'closing' end })\nerror 'first'"),
                   "EIO") == 0);
}

static void far_offsets (void) {
    struct plugin *p = ready ("get_size = math.maxinteger\n"
                              "function pread(h, count, offset) return ('%016x'):format(offset) end\n",
                              NULL);
    struct device *d = open_device (p);

    CHECK_EQ (d->facts.get_size, INT64_MAX);
    CHECK (reads (d, 16, (UINT64_C (1) << 53) + 1, "0020000000000001"));
    CHECK (reads (d, 16, INT64_MAX - 16, "7fffffffffffffef"));
    end (p, d);
}

/* The sentence that opening a plugin with these lines fails with. */
static bool open_says (const char *lines, const char *text) {
    char script[1000];
    struct plugin *p;
    struct device *d;

    snprintf (script, sizeof script, "%s\nfunction pread(h, n) return ('x'):rep(n) end\n", lines);
    p = ready (script, NULL);
    d = plugin_open (p, &session, &error);
    CHECK (!d);
    device_unref (d);
    plugin_free (p);
    return says (text);
}

static void bad_facts (void) {
    CHECK (open_says ("function get_size() return -1 end", "get_size: "));
    CHECK (says ("returned -1, which is less than 0"));
    CHECK (open_says ("function get_size() return 1.5 end", "1.5, which is not a whole number"));
    CHECK (open_says ("get_size = '1 megabyte'", "which is not a size"));
    CHECK (open_says ("get_size = 1024.0\nfunction can_write() return 1 end",
                      "1, which is neither true nor false"));
    CHECK (open_says ("get_size = 1\ncan_fua = 'perhaps'", "perhaps, which is none of none"));
    CHECK (open_says ("get_size = 1\ncontexts = { 1 }", "contexts: the script says a list with 1"));
    CHECK (open_says ("function open() stele.fail('EACCES', 'not you') end", "open: not you"));
    CHECK_EQ (error.number, EACCES);
}

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

static const char slow_plugin[] = "local disk = stele.buffer(4096)\n"
                                  "thread_model = 'parallel'\n"
                                  "get_size = 4096\n"
                                  "function pread(h, count, offset)\n"
                                  "  stele.sleep(0.002)\n"
                                  "  return disk:get(offset, count)\n"
                                  "end\n"
                                  "function pwrite(h, data, offset)\n"
                                  "  stele.sleep(0.002)\n"
                                  "  disk:set(offset, data)\n"
                                  "end\n";

enum { MANY = 500 };

struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned left, failed;
    struct request requests[MANY];
    char data[MANY][8];
};

static void crowd_done (struct request *r, int result) {
    struct crowd *c = (struct crowd *) r->parent;

    pthread_mutex_lock (&c->lock);
    c->failed += result < 0;
    if (--c->left == 0)
        pthread_cond_signal (&c->changed);
    pthread_mutex_unlock (&c->lock);
}

/* N requests at once, and wait for all. */
static void crowd_run (struct device *d, enum work work, unsigned n) {
    static struct crowd c;

    memset (&c, 0, sizeof c);
    pthread_mutex_init (&c.lock, NULL);
    pthread_cond_init (&c.changed, NULL);
    c.left = n;
    for (unsigned i = 0; i < n; i++) {
        struct request *r = &c.requests[i];
        int result;
        *r = (struct request){.work = work,
                              .count = 8,
                              .data = c.data[i],
                              .done = crowd_done,
                              .parent = (struct request *) &c};
        result = device_start (d, r);
        if (result != LATER)
            crowd_done (r, result);
    }
    pthread_mutex_lock (&c.lock);
    while (c.left > 0)
        pthread_cond_wait (&c.changed, &c.lock);
    pthread_mutex_unlock (&c.lock);
    CHECK_EQ (c.failed, 0);
}

static void sleepers_overlap (void) {
    /* a read is answered when all have come, so none may keep the next one out */
    struct plugin *p = ready ("get_size = 4096  asleep = 0\n"
                              "function pread(h, count)\n"
                              "  asleep = asleep + 1\n"
                              "  while asleep < 500 do stele.sleep(0.01) end\n"
                              "  return ('x'):rep(count)\n"
                              "end\n",
                              NULL);
    struct device *d = open_device (p);

    crowd_run (d, WORK_pread, MANY);
    crowd_run (d, WORK_pread, MANY);
    end (p, d);
}

static void delay_filter (void) {
    struct plugin *p = ready (slow_plugin, "asleep = 0\n"
                                           "function pread(next, count, offset)\n"
                                           "  asleep = asleep + 1\n"
                                           "  while asleep < 500 do stele.sleep(0.01) end\n"
                                           "  return pass\n"
                                           "end\n");
    struct device *d = open_device (p);

    CHECK_EQ (device_pwrite (d, "hello", 5, 0, 0, &error), 0);
    crowd_run (d, WORK_pread, MANY);
    CHECK (reads (d, 5, 0, "hello"));
    end (p, d);
}

/* Between the read and the write of one callback no other may come, though both wait. */
static void callbacks_do_not_overtake (void) {
    struct plugin *p = ready (slow_plugin,
                              "function pwrite(next, data, offset)\n"
                              "  if offset > 0 then return pass end\n"
                              "  local n = string.unpack('I8', next:pread(8, 0))\n"
                              "  next:pwrite(string.pack('I8', n + 1), 0)\n"
                              "end\n");
    struct device *d = open_device (p);
    uint64_t n = 0;

    crowd_run (d, WORK_pwrite, 50);
    CHECK_EQ (device_pread (d, &n, 8, 0, &error), 0);
    CHECK_EQ (n, 50);
    end (p, d);
}

/* The same where each sleeps first: whoever wakes must not come between, either. */
static void sleepers_do_not_come_between (void) {
    struct plugin *p = ready (slow_plugin,
                              "function pwrite(next, data, offset)\n"
                              "  if offset > 0 then return pass end\n"
                              "  stele.sleep(math.random() / 50)\n"
                              "  local n = string.unpack('I8', next:pread(8, 0))\n"
                              "  next:pwrite(string.pack('I8', n + 1), 0)\n"
                              "end\n");
    struct device *d = open_device (p);
    uint64_t n = 0;

    crowd_run (d, WORK_pwrite, 50);
    CHECK_EQ (device_pread (d, &n, 8, 0, &error), 0);
    CHECK_EQ (n, 50);
    end (p, d);
}

/* A filter that says it is parallel lets its callbacks mingle. */
static void parallel_callbacks_mingle (void) {
    /* below, a read is answered when all have come */
    struct plugin *p = ready ("get_size = 4096  asleep = 0\n"
                              "function pread(h, count)\n"
                              "  asleep = asleep + 1\n"
                              "  while asleep < 500 do stele.sleep(0.01) end\n"
                              "  return ('x'):rep(count)\n"
                              "end\n",
                              "thread_model = 'parallel'\n"
                              "function pread(next, count, offset)\n"
                              "  return next:pread(count, offset)\nend\n");
    struct device *d = open_device (p);

    crowd_run (d, WORK_pread, MANY);
    end (p, d);
}

/* Fifty filters that define nothing, or say `pass`, are not there when a request comes. */
static void silent_filters_are_not_there (void) {
    struct plugin *p = ready ("function open() return stele.ram '1M' end", NULL);
    struct device *d, *bottom;

    for (int i = 0; i < 50; i++) {
        struct plugin *f = load (i % 2 ? "x = 1" : "pread = pass  pwrite = pass  zero = pass", true);
        CHECK (f && plugin_config_complete (f, &error) == 0);
        f->next = p;
        p = f;
    }
    bottom = d = open_device (p);
    while (bottom->below)
        bottom = bottom->below;
    CHECK (strcmp (bottom->type->name, "ram") == 0);
    for (enum work w = 0; w < WORK_COUNT; w++) {
        CHECK (d->slots[w].device == bottom);
        CHECK (d->slots[w].run == bottom->slots[w].run);
    }
    end (p, d);
}

static void errors_come_up (void) {
    struct plugin *p = ready ("get_size = 4096\n"
                              "function pread() stele.sleep(0.001) stele.fail('ENOSPC', 'full') end\n",
                              "function pread(next, count, offset)\n"
                              "  if offset == 0 then return next:pread(count, offset) end\n"
                              "  local ok, e = pcall(next.pread, next, count, offset)\n"
                              "  return e.name == 'ENOSPC' and e.device and 'good' or 'bad.'\n"
                              "end\n");
    struct device *d = open_device (p);

    CHECK (reads (d, 4, 0, "ENOSPC"));
    CHECK (strcmp (error.text, "pread: full") == 0);
    CHECK (reads (d, 4, 1, "good"));
    end (p, d);
}

static void filters (void) {
    struct plugin *p = ready ("function open() return stele.ram '1M' end\n",
                              "local handles = 0\n"
                              "function open(next, readonly)\n"
                              "  assert(readonly == false and stele.export_name() == 'disk')\n"
                              "  assert(stele.connection() == 7 and next:get_size() == 1048576)\n"
                              "  handles = handles + 1\n"
                              "  return { next = next }\n"
                              "end\n"
                              "function close(h) assert(h.next) handles = handles - 1 end\n"
                              "function cleanup() assert(handles == 0) end\n"
                              "function get_size(h) return h.next:get_size() - 512 end\n"
                              "function pread(h, c, o) return h.next:pread(c, o + 512) end\n"
                              "function pwrite(h, d, o, f) h.next:pwrite(d, o + 512, f) end\n");
    struct device *d = open_device (p), *e = open_device (p);

    CHECK_EQ (d->facts.get_size, (1 << 20) - 512);
    CHECK_EQ (device_pwrite (d, "moved", 5, 4, 0, &error), 0);
    CHECK (reads (d, 5, 4, "moved"));
    CHECK (reads (d->below, 5, 516, "moved"));
    CHECK_EQ (device_zero (d, 5, 4, 0, &error), 0); /* cut off from below: moved, too */
    CHECK (reads (d->below, 5, 516, ""));
    device_unref (e);
    end (p, d);
}

/* Without an `open` the handle is the next device, each time the same object. */
static void filter_without_open (void) {
    struct plugin *p = ready ("function open() return stele.ram '1M' end\n",
                              "local seen\n"
                              "zero = pass\n"
                              "function get_size(next) seen = next return next:get_size() end\n"
                              "function pread(next, c, o) return seen == next and 'same' end\n"
                              "function pwrite(next, d, o) return pass end\n");
    struct device *d = open_device (p);

    CHECK (reads (d, 4, 0, "same"));
    CHECK_EQ (device_pwrite (d, "x", 1, 4, 0, &error), 0);
    CHECK (d->slots[WORK_zero].run == d->below->slots[WORK_zero].run);
    end (p, d);
}

/* What a script made for a client goes with the client, not when Lua feels like it. */
static void devices_are_let_go (void) {
    struct plugin *p = ready ("closed = 0\n"
                              "function open() return stele.ram '1M', 'handle' end\n"
                              "function close(h) assert(h == 'handle') closed = closed + 1 end\n",
                              "function pread(next, c, o) return next:pread(c, o) end\n");
    struct device *d;

    for (int i = 0; i < 20; i++) {
        d = open_device (p);
        CHECK (reads (d, 1, 0, ""));
        device_unref (d);
        for (int wait = 0; wait < 5000 && p->next->opened; wait++)
            usleep (1000); /* another thread may be about to leave the strand, and close it */
        CHECK_EQ (p->next->opened, 0);
    }
    end (p, NULL);
}

static void extents_and_exports (void) {
    struct plugin *p = ready ("get_size = 1 << 40\n"
                              "function pread(h, n) return ('x'):rep(n) end\n"
                              "function extents(h, count, offset, flags, context)\n"
                              "  assert(context == nil)\n"
                              "  if offset == 512 then return {} end\n"
                              "  return { { offset, 100, 0 }, { offset + 100, 100, hole = true },\n"
                              "    { offset = offset + 200, length = 1 << 39, type = stele.ZERO } }\n"
                              "end\n"
                              "function list_exports() return { 'a', { 'b', 'the second' } } end\n"
                              "function default_export() return 'a' end\n",
                              NULL);
    struct device *d = open_device (p);
    struct extents e;
    struct exports list = {0};
    char *name = NULL;

    extents_init (&e, 0, 1 << 30, false);
    CHECK_EQ (device_extents (d, &e, &error), 0);
    CHECK_EQ (e.n, 3);
    CHECK (e.n == 3 && e.v[1].type == EXTENT_HOLE && e.v[2].type == EXTENT_ZERO);
    extents_clear (&e);
    extents_init (&e, 512, 1 << 30, false);
    CHECK (device_extents (d, &e, &error) < 0);
    CHECK (says ("no extent at 512"));
    extents_clear (&e);
    CHECK_EQ (plugin_list_exports (p, &session, &list, &error), 0);
    CHECK (list.n == 2 && strcmp (list.v[1].description, "the second") == 0);
    exports_clear (&list);
    CHECK_EQ (plugin_default_export (p, &session, &name, &error), 0);
    CHECK (name && strcmp (name, "a") == 0);
    free (name);
    end (p, d);
}

struct reader {
    pthread_t thread;
    struct device *device;
    unsigned failed;
};

static void *read_much (void *of) {
    struct reader *r = of;
    char data[8];

    for (uint64_t i = 0; i < 500; i++)
        if (device_pread (r->device, data, 8, i, NULL) < 0)
            r->failed++;
    return NULL;
}

static void threads_share_a_script (void) {
    struct plugin *p = ready ("get_size = 4096\n"
                              "function pread(h, n, o)\n"
                              "  if o % 16 == 0 then stele.sleep(0.0001) end\n"
                              "  return ('x'):rep(n)\nend\n",
                              "function pread(next, c, o) return next:pread(c, o) end\n");
    struct device *d = open_device (p);
    struct reader readers[4];

    for (int i = 0; i < 4; i++) {
        readers[i] = (struct reader){.device = d};
        pthread_create (&readers[i].thread, NULL, read_much, &readers[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join (readers[i].thread, NULL);
        CHECK_EQ (readers[i].failed, 0);
    }
    end (p, d);
}

/* With -v: what a call costs. */
static void speed (void) {
    struct plugin *p = ready ("local s = ('x'):rep(4096)\nget_size = 1 << 30\n"
                              "function pread(h, n, o) return s end\n",
                              "function pread(next, c, o) return pass end\n");
    struct device *d = open_device (p);
    char data[4096];
    enum { TIMES = 1000000 };

    for (int below = 0; below < 2; below++) {
        struct device *one = below ? d->below : d;
        uint64_t start = pool_clock_ns ();
        for (int i = 0; i < TIMES; i++) {
            struct request r = {.work = WORK_pread, .count = 512, .data = data};
            device_start (one, &r);
        }
        printf ("%s: %u ns\n", below ? "pread" : "pass and pread",
                (unsigned) ((pool_clock_ns () - start) / TIMES));
    }
    end (p, d);
}

int main (int argc, char **argv) {
    host.pool = pool_new (4);
    if (!host.pool || pool_start (host.pool) < 0)
        return 1;
    if (argc > 1 && strcmp (argv[1], "-v") == 0) {
        speed ();
        return 0;
    }
    if (argc > 1)
        host.log = (struct log){.program = "test-lua", .to = LOG_TO_STDERR};
    plain ();
    facts_as_values ();
    silent_filters_are_not_there ();
    results_of_reads ();
    errors ();
    far_offsets ();
    bad_facts ();
    bad_scripts ();
    parameters ();
    older_parameters ();
    variables_are_left_alone ();
    constructors ();
    helpers ();
    sleepers_overlap ();
    delay_filter ();
    callbacks_do_not_overtake ();
    sleepers_do_not_come_between ();
    parallel_callbacks_mingle ();
    errors_come_up ();
    filters ();
    filter_without_open ();
    devices_are_let_go ();
    extents_and_exports ();
    threads_share_a_script ();
    pool_free (host.pool);
    return check_result ();
}
