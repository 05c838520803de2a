/* SPDX-License-Identifier: BSD-3-Clause */
/* served.c: a server of the prompt, from its words to its end.  No Lua here.
 *
 * It is a struct server as main.c has one, with threads of its own.  Where it serves a
 * device or the prompt's own script it has no chain; a service of this file answers. */
#include "served.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../core/pool.h"
#include "../core/uri.h"

enum { THREADS = 64 };

/* Services that are not a chain of the server's own. */

static struct device *open_device (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    (void) session, (void) error;
    return device_ref (s->device);
}

static int no_preconnect (void *of, const struct session *session, struct error *error) {
    (void) of, (void) session, (void) error;
    return 0;
}

static int one_export (void *of, const struct session *session, struct exports *list,
                       struct error *error) {
    (void) of, (void) session;
    return exports_add (list, "", NULL, error);
}

static int no_name (void *of, const struct session *session, char **name, struct error *error) {
    (void) of, (void) session;
    *name = strdup ("");
    return *name ? 0 : error_set (error, ENOMEM, "out of memory");
}

static struct device *open_script (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    return plugin_open (s->plugin, session, error);
}

static int script_preconnect (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    return plugin_preconnect (s->plugin, session, error);
}

static int script_exports (void *of, const struct session *session, struct exports *list,
                           struct error *error) {
    struct served *s = of;
    return plugin_list_exports (s->plugin, session, list, error);
}

static int script_default (void *of, const struct session *session, char **name,
                           struct error *error) {
    struct served *s = of;
    return plugin_default_export (s->plugin, session, name, error);
}

static const struct service device_service = { .preconnect = no_preconnect,
                                               .list_exports = one_export,
                                               .default_export = no_name,
                                               .open = open_device };
static const struct service script_service = { .preconnect = script_preconnect,
                                               .list_exports = script_exports,
                                               .default_export = script_default,
                                               .open = open_script };

/* What serves instead of a chain; the server needs threads and no scripts. */
static int serve_as (struct served *s, const struct service *service, struct error *error) {
    struct server *server = &s->server;

    server->service = *service;
    server->service.host = &server->host;
    server->service.of = s;
    if (s->plugin)
        server->wire_options.one_at_a_time =
            plugin_thread_model (s->plugin) == SERIALIZE_CONNECTIONS;
    server->host.pool = pool_new (s->options.threads ? s->options.threads : THREADS);
    return server->host.pool ? 0 : error_set (error, ENOMEM, "no memory for the threads");
}

static int serve_chain (struct server *server, struct error *error) {
    int r = server_load (server, error);
    if (r == 0)
        r = server_configure (server, error);
    if (r == 0)
        r = server_complete (server, error);
    if (r == 0)
        r = server_get_ready (server, error);
    return r;
}

/* What makes no sense for a server within a prompt. */
static int check_options (const struct options *o, bool wants_plugin, struct error *error) {
    const struct {
        bool given;
        const char *name;
    } rows[] = { { o->run, "run" },
                 { o->single, "single" },
                 { o->help, "help" },
                 { o->version, "version" },
                 { o->dump_config, "dump-config" },
                 { o->dump_plugin, "dump-plugin" },
                 { o->swap, "swap" },
                 { o->user, "user" },
                 { o->group, "group" },
                 { o->pidfile, "pidfile" },
                 { o->exit_with_parent, "exit-with-parent" } };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].given)
            return error_set (error, EINVAL, "serve: --%s has no place at the prompt",
                              rows[i].name);
    if (wants_plugin && !o->plugin)
        return error_set (error, EINVAL, "serve: which plugin?  serve{ \"memory\", \"64M\" }");
    if (!wants_plugin && (o->plugin || o->filters.n))
        return error_set (error, EINVAL, "serve: a device or this script is served as it is, "
                          "without filters");
    return 0;
}

static int parse (struct served *s, struct error *error) {
    struct options *o = &s->options;
    bool wants_plugin = !s->device && !s->plugin;
    char **v = calloc (s->words.n + 1, sizeof *v); /* with a NULL at its end */

    if (!v)
        return error_set (error, ENOMEM, "serve: no memory");
    memcpy (v, s->words.v, s->words.n * sizeof *v);
    int r = options_parse (o, (int) s->words.n, v, error);
    free (v);
    if (r == 0)
        r = check_options (o, wants_plugin, error);
    if (r == 0 && !o->sockets.n && !o->port && !o->address && !o->vsock &&
        !strings_add (&o->sockets, "-"))
        r = error_set (error, ENOMEM, "serve: no memory");
    return r;
}

int served_start (struct served *s, struct error *error) {
    struct server *server = &s->server;

    int r = parse (s, error);
    if (r == 0 && s->plugin)
        r = plugin_check_serves (s->plugin, error);
    if (r == 0)
        r = server_init (server, &s->options, error);
    if (r == 0)
        r = s->device   ? serve_as (s, &device_service, error)
            : s->plugin ? serve_as (s, &script_service, error)
                        : serve_chain (server, error);
    if (r == 0)
        r = server_listen (server, error);
    if (r == 0)
        r = server_start (server, error);
    if (r < 0)
        return r;
    const struct listener *l = server_nearest (server);
    s->uri = l ? uri_format (l, s->options.export_name) : NULL;
    return s->uri ? 0 : error_set (error, ENOMEM, "no memory for the server's URI");
}

struct served *served_new (struct strings *words) {
    struct served *s = calloc (1, sizeof *s);

    if (!s)
        return NULL;
    s->server.quit = s->server.host.log.fd = -1;
    s->words = *words;
    *words = (struct strings){ 0 };
    return s;
}

void served_free (struct served *s) {
    server_end (&s->server);
    device_unref (s->device);
    options_clear (&s->options);
    strings_clear (&s->words);
    free (s->uri);
    free (s);
}
