/* SPDX-License-Identifier: BSD-3-Clause */
/* lua-fixture.h: scripts in Lua, driven as the core drives them: through plugin.h.
 *
 * Each test writes a script (or a chain of them) into the current folder, loads it, opens
 * a device and looks at what comes back. */
#ifndef LUA_FIXTURE_H
#define LUA_FIXTURE_H

#include "check.h"

#include <stdlib.h>
#include <string.h>

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

/* The program: all of TESTS, which end with NULL.  With an argument the log is shown. */
static int run_tests (int argc, void (*const tests[]) (void)) {
    host.pool = pool_new (4);
    if (!host.pool || pool_start (host.pool) < 0)
        return 1;
    if (argc > 1)
        host.log = (struct log){.program = "test-lua", .to = LOG_TO_STDERR};
    for (; *tests; tests++)
        (*tests) ();
    pool_free (host.pool);
    return check_result ();
}

#endif
