/* SPDX-License-Identifier: BSD-3-Clause */
/* server.c: one server, from its options to its end.
 *
 * It puts the parts together and knows their order; none of them knows another.  Socket
 * files go before the sockets close, so that a server that is started meanwhile in the
 * same place does not lose its own. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leftovers.h"
#include "pool.h"
#include "task.h"
#include "where.h"

enum { THREADS_DEFAULT = 64 };
static const uint64_t stop_ns = UINT64_C (10) * 1000 * 1000 * 1000;

static int service_preconnect (void *of, const struct session *session, struct error *error) {
    struct server *server = of;
    return plugin_preconnect (server->chain, session, error);
}

static int service_list_exports (void *of, const struct session *session, struct exports *list,
                                 struct error *error) {
    struct server *server = of;
    return plugin_list_exports (server->chain, session, list, error);
}

static int service_default_export (void *of, const struct session *session, char **name,
                                   struct error *error) {
    struct server *server = of;
    return plugin_default_export (server->chain, session, name, error);
}

static struct device *service_open (void *of, const struct session *session,
                                    struct error *error) {
    struct server *server = of;
    return plugin_open (server->chain, session, error);
}

static void want_end (void *of) {
    struct server *server = of;
    eventfd_write (server->quit, 1);
}

static void host_shutdown (struct host *host) {
    want_end (container_of (host, struct server, host));
}

static bool host_wants_end (const struct host *host) {
    const struct server *server = container_of (host, struct server, host);
    struct pollfd fd = {.fd = server->quit, .events = POLLIN};

    return poll (&fd, 1, 0) > 0;
}

static int open_log (struct server *server, struct error *error) {
    const struct options *o = server->options;
    struct log *log = &server->host.log;

    *log = (struct log){.program = o->program,
                        .name = o->name,
                        .to = o->log_to,
                        .verbose = o->verbose,
                        .no_controlpath = o->no_controlpath,
                        .no_datapath = o->no_datapath,
                        .fd = -1};
    if (o->log_to != LOG_TO_FILE)
        return 0;
    log->fd = open (o->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log->fd >= 0)
        return 0;
    log->to = LOG_TO_STDERR; /* where this very sentence can be read */
    return error_set (error, errno, "--log: %s: %s", o->log_path, strerror (errno));
}

int server_init (struct server *server, const struct options *options, struct error *error) {
    *server = (struct server){.options = options, .wire_options = options->wire, .quit = -1};
    int r = open_log (server, error);
    if (r < 0)
        return r;
    server->script_dir = where_scripts ();
    server->quit = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!server->script_dir || server->quit < 0)
        return error_set (error, ENOMEM, "no memory or descriptors to start with");
    server->host.script_dir = server->script_dir;
    server->host.stdio_safe = !options->single;
    server->host.shutdown = host_shutdown;
    server->host.wants_end = host_wants_end;
    server->service = (struct service){.host = &server->host,
                                       .of = server,
                                       .preconnect = service_preconnect,
                                       .list_exports = service_list_exports,
                                       .default_export = service_default_export,
                                       .open = service_open};
    return 0;
}

static struct plugin *load (struct server *server, const char *name, bool filter,
                            struct plugin *next, struct error *error) {
    struct plugin *plugin = plugin_new (&server->host, name, filter, error);
    if (plugin)
        plugin->next = next;
    return plugin;
}

/* -D NAME.FLAG=N, for whichever of the chain has that name.  One that is nobody's is told of,
 * and does no harm.  The program's own were seen to when the command line was read. */
static void set_debug (struct plugin *chain, const char *flag) {
    const char *dot = strchr (flag, '.'), *equals = strchr (flag, '=');
    struct log *log = &chain->host->log;
    int64_t value;
    char *name;
    bool taken = false;

    if (strncmp (flag, "nbdkit.", strlen ("nbdkit.")) == 0 ||
        parse_integer (flag, equals + 1, &value, NULL) < 0 ||
        !(name = strndup (dot + 1, (size_t) (equals - dot - 1))))
        return;
    for (struct plugin *p = chain; p; p = p->next)
        if (strlen (p->name) == (size_t) (dot - flag) &&
            strncmp (flag, p->name, (size_t) (dot - flag)) == 0 && p->language->debug)
            taken |= p->language->debug (p, name, (int) value);
    free (name);
    if (!taken)
        log_error (log, NULL, "--debug: %s: there is no such flag, it does nothing", flag);
}

/* From the plugin outwards, so that each knows the one that it stands before. */
static int load_chain (struct server *server, struct error *error) {
    const struct options *o = server->options;

    server->chain = load (server, o->plugin, false, NULL, error);
    for (size_t i = o->filters.n; server->chain && i > 0; i--) {
        struct plugin *filter = load (server, o->filters.v[i - 1], true, server->chain, error);
        if (!filter)
            return error->number ? -error->number : -EINVAL;
        server->chain = filter;
    }
    return server->chain ? 0 : error->number ? -error->number : -EINVAL;
}

typedef int give_fn (struct plugin *chain, const char *key, const char *value, struct error *);

/* WORD to the chain: to GIVE if it is KEY=VALUE, else to BARE. */
static int give_word (struct server *server, const char *word, give_fn *give,
                      int (*bare) (struct plugin *, const char *, struct error *),
                      struct error *error) {
    const char *equals = options_equals (word);

    if (!equals)
        return bare (server->chain, word, error);
    char *key = strndup (word, (size_t) (equals - word));
    int r = key ? give (server->chain, key, equals + 1, error)
                : error_set (error, ENOMEM, "%s: no memory", word);
    free (key);
    return r;
}

static int not_yet (struct plugin *chain, const char *word, struct error *error) {
    (void) chain, (void) word, (void) error;
    return PASS;
}

/* What is the languages' own, and then the scripts; the plugin's may be a word itself, the
 * first that is not a language's own. */
static int read_scripts (struct server *server, struct error *error) {
    const struct strings *words = &server->options->words;
    const struct plugin *p = server->chain;
    size_t first = words->n;
    int r = 0;

    for (size_t i = 0; i < words->n && (r == 0 || r == PASS); i++) {
        r = give_word (server, words->v[i], plugin_prepare, not_yet, error);
        if (r == PASS && first == words->n)
            first = i;
    }
    if (r < 0 || (r = plugin_read (server->chain, error)) < 0)
        return r;
    while (p->next)
        p = p->next;
    if (p->path || first == words->n)
        return 0;
    server->script = first + 1;
    return give_word (server, words->v[first], plugin_config, plugin_config_bare, error);
}

int server_load (struct server *server, struct error *error) {
    const struct options *o = server->options;

    server->host.pool = pool_new (o->threads ? o->threads : THREADS_DEFAULT);
    if (!server->host.pool)
        return error_set (error, ENOMEM, "no memory or descriptors for the threads");
    int r = load_chain (server, error);
    if (r == 0)
        r = read_scripts (server, error);
    for (size_t i = 0; r == 0 && i < o->debug.n; i++)
        set_debug (server->chain, o->debug.v[i]);
    return r;
}

int server_configure (struct server *server, struct error *error) {
    int r = 0;

    for (size_t i = 0; r == 0 && i < server->options->words.n; i++)
        if (i + 1 != server->script)
            r = give_word (server, server->options->words.v[i], plugin_config,
                           plugin_config_bare, error);
    return r;
}

int server_complete (struct server *server, struct error *error) {
    int r = plugin_config_complete (server->chain, error);
    server->wire_options.one_at_a_time =
        r == 0 && plugin_thread_model (server->chain) == SERIALIZE_CONNECTIONS;
    return r;
}

int server_get_ready (struct server *server, struct error *error) {
    int r = plugin_get_ready (server->chain, error);
    return r < 0 ? r : plugin_check_serves (server->chain, error);
}

static void tell_listener (const struct server *server, const struct listener *l) {
    if (l->kind == LISTEN_UNIX)
        log_debug (&server->host.log, NULL, "listening on %s", l->path);
    else
        log_debug (&server->host.log, NULL, "listening on %s port %s, %u sockets",
                   l->kind == LISTEN_VSOCK ? "vsock" : "TCP", l->port, l->n);
}

/* An empty listener at the end of the list, so that they stand as on the command line. */
static struct listener *add_listener (struct server *server, enum listen_kind kind,
                                      struct error *error) {
    struct listener *l = calloc (1, sizeof *l), **end = &server->listeners;

    if (!l) {
        error_set (error, ENOMEM, "no memory for a socket");
        return NULL;
    }
    l->kind = kind;
    l->family = server->options->family;
    l->label = server->options->selinux_label;
    for (size_t i = 0; i < sizeof l->fd / sizeof l->fd[0]; i++)
        l->fd[i] = -1;
    while (*end)
        end = &(*end)->next;
    return *end = l;
}

static int bind_listener (struct server *server, struct listener *l, struct error *error) {
    int r = listener_bind (l, error);
    if (r < 0)
        return r;
    if (l->folder)
        leftovers_note (l->folder, LEFTOVER_FOLDER);
    else if (l->path)
        leftovers_note (l->path, LEFTOVER_FILE);
    tell_listener (server, l);
    return 0;
}

static int listen_unix (struct server *server, const char *path, struct error *error) {
    struct listener *l = add_listener (server, LISTEN_UNIX, error);
    int r = l ? 0 : -ENOMEM;

    if (l && strcmp (path, "-") == 0)
        r = listener_private (l, error);
    else if (l && !(l->path = strdup (path)))
        r = error_set (error, ENOMEM, "%s: no memory", path);
    return r < 0 ? r : bind_listener (server, l, error);
}

static int listen_network (struct server *server, struct error *error) {
    const struct options *o = server->options;
    struct listener *l = add_listener (server, o->vsock ? LISTEN_VSOCK : LISTEN_TCP, error);

    if (!l)
        return -ENOMEM;
    if ((o->port && !(l->port = strdup (o->port))) ||
        (o->address && !(l->host = strdup (o->address))))
        return error_set (error, ENOMEM, "no memory for a socket");
    return bind_listener (server, l, error);
}

/* Nothing said: the usual port, or for a captive a private socket. */
int server_listen (struct server *server, struct error *error) {
    const struct options *o = server->options;
    bool network = o->port || o->address || o->vsock || (!o->sockets.n && !o->run);
    int r = 0;

    if (server->listeners) /* handed over */
        return listener_bind (server->listeners, error);
    if (o->single)
        return 0;
    for (size_t i = 0; r == 0 && i < o->sockets.n; i++)
        r = listen_unix (server, o->sockets.v[i], error);
    if (r == 0 && network)
        r = listen_network (server, error);
    if (r == 0 && !server->listeners)
        r = listen_unix (server, "-", error);
    return r;
}

int server_adopt (struct server *server, int first, unsigned n, struct error *error) {
    struct listener *l = add_listener (server, LISTEN_FD, error);
    if (!l)
        return -ENOMEM;
    for (; l->n < n; l->n++)
        l->fd[l->n] = first + (int) l->n;
    return 0;
}

const struct listener *server_nearest (const struct server *server) {
    static const enum listen_kind kinds[] = {LISTEN_UNIX, LISTEN_TCP, LISTEN_VSOCK};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (const struct listener *l = server->listeners; l; l = l->next)
            if (l->kind == kinds[i])
                return l;
    return NULL;
}

/* The wire gets descriptors of its own, and 0 and 1 become /dev/null: a script that prints
 * must not speak to the client.  A socket is one descriptor both ways. */
static int serve_stdio (struct server *server, struct error *error) {
    struct stat in_stat, out_stat;
    int in = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3), out = in;
    int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

    bool one_socket = fstat (STDIN_FILENO, &in_stat) == 0 && S_ISSOCK (in_stat.st_mode) &&
                      fstat (STDOUT_FILENO, &out_stat) == 0 &&
                      in_stat.st_dev == out_stat.st_dev && in_stat.st_ino == out_stat.st_ino;
    if (!one_socket)
        out = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (in < 0 || out < 0 || null < 0)
        return error_set (error, errno, "standard input and output: %s", strerror (errno));
    dup2 (null, STDIN_FILENO);
    dup2 (null, STDOUT_FILENO);
    close (null);
    return wire_serve (server->wire, in, out, want_end, server, error);
}

static int give_sockets (struct server *server, struct error *error) {
    int r = 0;

    for (struct listener *l = server->listeners; l; l = l->next)
        for (unsigned i = 0; r == 0 && i < l->n; i++) {
            r = wire_listen (server->wire, l->fd[i], error);
            l->fd[i] = -1; /* the wire's now */
        }
    return r;
}

int server_start (struct server *server, struct error *error) {
    int r = pool_start (server->host.pool);
    if (r < 0)
        return error_set (error, -r, "starting threads: %s", strerror (-r));
    r = plugin_after_fork (server->chain, error);
    if (r < 0)
        return r;
    server->wire = wire_new (&server->service, &server->wire_options);
    if (!server->wire)
        return error_set (error, ENOMEM, "no memory to serve clients");
    r = give_sockets (server, error);
    if (r == 0)
        r = wire_start (server->wire, error);
    if (r == 0 && server->options->single)
        r = serve_stdio (server, error);
    return r;
}

void server_wait (struct server *server) {
    struct pollfd fd = {.fd = server->quit, .events = POLLIN};

    while (poll (&fd, 1, -1) <= 0)
        ;
    log_debug (&server->host.log, NULL, "ending: %u connections are open",
               wire_connections (server->wire));
}

static void remove_listeners (struct server *server) {
    while (server->listeners) {
        struct listener *l = server->listeners;
        server->listeners = l->next;
        if (l->folder || l->path) /* before somebody else has one of this name */
            leftovers_forget (l->folder ? l->folder : l->path);
        listener_remove (l);
        free (l);
    }
}

void server_end (struct server *server) {
    server->host.give_up_ns = pool_clock_ns () + stop_ns / 2;
    remove_listeners (server);
    if (server->wire) {
        wire_stop (server->wire, stop_ns);
        wire_free (server->wire);
        if (server->chain)
            plugin_cleanup (server->chain);
    }
    if (server->chain)
        plugin_free (server->chain);
    if (server->host.pool)
        pool_free (server->host.pool);
    if (server->host.log.fd >= 0)
        close (server->host.log.fd);
    if (server->quit >= 0)
        close (server->quit);
    free (server->script_dir);
    server->script_dir = NULL;
}
