/* SPDX-License-Identifier: BSD-3-Clause */
/* test-lua-devices.c: the devices that scripts in Lua open, of plugins and of filters over
 * them: what they answer, which facts they have, and how they fail. */
#include "lua-fixture.h"

#include <errno.h>
#include <unistd.h>

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

int main (int argc, char **argv) {
    static void (*const tests[]) (void) = {
        plain,
        facts_as_values,
        silent_filters_are_not_there,
        results_of_reads,
        errors,
        far_offsets,
        bad_facts,
        errors_come_up,
        filters,
        filter_without_open,
        devices_are_let_go,
        extents_and_exports,
        NULL,
    };

    (void) argv;
    return run_tests (argc, tests);
}
