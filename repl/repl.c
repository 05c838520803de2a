/* SPDX-License-Identifier: BSD-3-Clause */
/* repl.c: the life of a prompt's script, which is that of any plugin's.
 *
 * It has a pool of its own, for the sake of scripts that sleep and of devices with threads.
 * Without a script there is one that defines nothing, so that there is one way only. */
#include "repl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../core/options.h"
#include "../core/pool.h"
#include "../core/where.h"
#include "../languages/languages.h"
#include "functions.h"

enum { THREADS = 16 };

static int give_word (struct plugin *p, const char *word, struct error *error) {
    const char *equals = options_equals (word);

    if (!equals)
        return plugin_config_bare (p, word, error);
    char *key = strndup (word, (size_t) (equals - word));
    int r = key ? plugin_config (p, key, equals + 1, error)
                : error_set (error, ENOMEM, "%s: no memory", word);
    free (key);
    return r;
}

static int load (struct repl *r, const char *script, struct error *error) {
    char *empty = NULL;

    if (!script && asprintf (&empty, "%s/repl/prompt.lua", r->script_dir) < 0)
        return error_set (error, ENOMEM, "no memory for a script");
    r->plugin = plugin_new (&r->host, script ? script : empty, false, error);
    free (empty);
    if (!r->plugin)
        return error->number ? -error->number : -EINVAL;
    if (r->plugin->language != &lua_language || !r->plugin->path)
        return error_set (error, EINVAL, "%s: the prompt lives in scripts of the language lua; "
                          "any other can be served: serve{\"%s\"}", script, script);
    return 0;
}

int repl_open (struct repl *r, const char *script, char **words, struct error *error) {
    *r = (struct repl){ .script_dir = where_scripts () };
    r->host.log = (struct log){ .program = "stele", .fd = -1 };
    r->host.pool = pool_new (THREADS);
    r->host.script_dir = r->script_dir;
    r->host.stdio_safe = true;
    if (!r->script_dir || !r->host.pool)
        return error_set (error, ENOMEM, "no memory or descriptors to start with");
    sigset_t before;
    repl_hold_signals (&before);
    int result = pool_start (r->host.pool);
    repl_release_signals (&before);
    if (result < 0)
        return error_set (error, -result, "starting threads: %s", strerror (-result));
    result = load (r, script, error);
    for (; result == 0 && words && *words; words++)
        result = give_word (r->plugin, *words, error);
    if (result == 0)
        result = plugin_config_complete (r->plugin, error);
    if (result == 0)
        result = repl_set_up (r, error);
    if (result == 0)
        result = plugin_get_ready (r->plugin, error);
    if (result == 0)
        result = plugin_after_fork (r->plugin, error);
    r->is_ready = result == 0;
    return result;
}

void repl_close (struct repl *r) {
    serve_end (r);
    if (r->is_ready)
        plugin_cleanup (r->plugin);
    if (r->plugin)
        plugin_free (r->plugin);
    if (r->host.pool)
        pool_free (r->host.pool);
    free (r->script_dir);
}
