/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c: from the command line to a running server, and to its end.
 *
 * This file is the story in its order; each chapter is in another file.  Whatever goes
 * wrong comes back as one sentence, is printed in one place, and ends with status 1. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "activation.h"
#include "dump.h"
#include "launch.h"
#include "leftovers.h"
#include "options.h"
#include "privileges.h"
#include "server.h"
#include "signals.h"
#include "uri.h"
#include "where.h"

struct story {
    struct options options;
    struct server server;
    struct launch launch;
    pid_t starter;       /* the process that started this one */
    bool serving;        /* not just asked about */
    const char *pidfile; /* that was written and is to go with a start that fails, or NULL */
};

/* Descriptors that are opened later must not become standard input, output or error. */
static bool stdio_is_open (void) {
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl (fd, F_GETFD) < 0)
            return false;
    return true;
}

/* Questions that no plugin is needed for.  True: answered. */
static bool answer_early (const struct story *s) {
    const struct options *o = &s->options;

    if (o->long_options)
        options_print_long ();
    else if (o->short_options)
        options_print_short ();
    else if (o->dump_config)
        dump_config (o, &s->server.host);
    else if (o->help && !o->plugin)
        options_print_help (o->program);
    else if (o->version && !o->plugin)
        dump_version (o, NULL, &s->server.host);
    else
        return false;
    return true;
}

/* Questions to the chain. */
static void answer_of_chain (const struct story *s) {
    const struct options *o = &s->options;

    if (o->help) {
        options_print_help (o->program);
        plugin_help (s->server.chain);
    } else
        dump_version (o, s->server.chain, &s->server.host);
}

/* TLS was asked for in a way that allows for clients without: say that there are only those. */
static void warn_of_tls (const struct story *s) {
    const struct options *o = &s->options;
    if (o->tls_asked || o->tls_certificates || o->tls_psk || o->tls_verify_peer)
        log_error (&s->server.host.log, NULL,
                   "this build has no TLS: clients are served without encryption");
}

/* Sockets that were handed over stand for the options that would make some. */
static int take_sockets (struct story *s, struct error *error) {
    const struct options *o = &s->options;

    int n = activation_take (&s->server.host.log, error);
    if (n <= 0)
        return n;
    if (o->sockets.n || o->port || o->address || o->vsock || o->single || o->run)
        return error_set (
            error, EINVAL,
            "this server was handed its sockets (LISTEN_FDS): "
            "--unix, --port, --ip-addr, --vsock, --single and --run have no place");
    return server_adopt (&s->server, ACTIVATION_FIRST, (unsigned) n, error);
}

/* Which process serves.  In the parent of another this does not return. */
static int fork_first (struct story *s, struct error *error) {
    const struct options *o = &s->options;
    int r = 0;

    if (!s->serving)
        return 0;
    if (o->run)
        s->launch = (struct launch){.kind = LAUNCH_CAPTIVE, .command = o->run};
    else if (!o->foreground && !s->server.listeners)
        s->launch.kind = LAUNCH_DAEMON;
    if (o->exit_with_parent)
        r = launch_end_with (s->starter, error);
    if (r < 0)
        return r;
    if (s->launch.kind == LAUNCH_CAPTIVE)
        s->starter = getpid (); /* of the child */
    return launch_fork (&s->launch, &s->server.host.log, error);
}

/* What concerns the process as a whole. */
static int prepare_process (const struct story *s, struct error *error) {
    struct rlimit files;

    signal (SIGPIPE, SIG_IGN);
    if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit (RLIMIT_NOFILE, &files);
    }
    if (s->options.swap && mlockall (MCL_CURRENT | MCL_FUTURE) < 0)
        return error_set (error, errno, "--swap: locking the program into memory: %s",
                          strerror (errno));
    return 0;
}

static int drop_privileges (const struct story *s, struct error *error) {
    const struct options *o = &s->options;

    struct identity who;
    int r = privileges_find (o->user, o->group, &who, error);
    if (r == 0 && (o->user || o->group))
        plugin_hand_over (s->server.chain, &who);
    if (r == 0)
        r = privileges_drop (&who, error);
    if (r == 0 && (o->user || o->group) &&
        (o->exit_with_parent || s->launch.kind == LAUNCH_CAPTIVE))
        r = launch_end_with (s->starter, error); /* the kernel has forgotten it */
    return r;
}

static void print_uri (const struct story *s) {
    const struct listener *l = server_nearest (&s->server);
    char *uri = l && !s->options.single ? uri_format (l, s->options.export_name) : NULL;

    if (!s->options.print_uri || !uri) {
        free (uri);
        return;
    }
    printf ("%s\nShell-quoted URI: ", uri);
    uri_print_quoted (stdout, uri);
    printf ("\nCommand to query the NBD endpoint:\n  nbdinfo ");
    uri_print_quoted (stdout, uri);
    printf ("\n");
    fflush (stdout);
    free (uri);
}

static void print_assignment (FILE *out, const char *name, const char *value) {
    fprintf (out, "%s=", name);
    uri_print_quoted (out, value ? value : "");
    fputc ('\n', out);
}

/* What the command of a captive finds in its shell.  Malloc'ed. */
static char *shell_preamble (const struct story *s) {
    const struct listener *l = server_nearest (&s->server);
    const struct options *o = &s->options;
    char *uri = l ? uri_format (l, o->export_name) : NULL, *text = NULL;
    size_t n;
    FILE *out = open_memstream (&text, &n);

    if (!out) {
        free (uri);
        return NULL;
    }
    print_assignment (out, "uri", uri);
    print_assignment (out, "nbd", uri);
    print_assignment (out, "exportname", o->export_name);
    print_assignment (out, "port", l && l->kind != LISTEN_UNIX ? l->port : NULL);
    print_assignment (out, "unixsocket", l && l->kind == LISTEN_UNIX ? l->path : NULL);
    print_assignment (out, "tls_certificates", o->tls_certificates);
    print_assignment (out, "tls_psk", o->tls_psk);
    fprintf (out, "unset tls\n");
    free (uri);
    if (fclose (out) == 0)
        return text;
    free (text);
    return NULL;
}

/* Of a server that does not come up nobody must find a file; what is a terminal or the like
 * stays. */
static void keep_in_mind (struct story *s, const char *path) {
    struct stat st;

    if (lstat (path, &st) < 0 || !S_ISREG (st.st_mode))
        return;
    leftovers_note (path, LEFTOVER_FILE);
    s->pidfile = path;
}

static void forget_pidfile (struct story *s, bool remove) {
    if (s->pidfile) {
        leftovers_forget (s->pidfile);
        if (remove)
            unlink (s->pidfile);
    }
    s->pidfile = NULL;
}

static int write_pidfile (struct story *s, struct error *error) {
    const char *path = s->options.pidfile;

    if (!path)
        return 0;
    FILE *file = fopen (path, "we");
    if (!file)
        return error_set (error, errno, "--pidfile: %s: %s", path, strerror (errno));
    keep_in_mind (s, path);
    bool failed = fprintf (file, "%d\n", (int) getpid ()) < 0;
    if (fclose (file) != 0 || failed)
        return error_set (error, errno, "--pidfile: %s: writing: %s", path, strerror (errno));
    return 0;
}

/* Nobody types to a server. */
static void close_input (const struct story *s) {
    int null = s->options.single ? -1 : open ("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) {
        dup2 (null, STDIN_FILENO);
        close (null);
    }
}

static int tell_ready (struct story *s, struct error *error) {
    char *preamble = shell_preamble (s);
    if (!preamble)
        return error_set (error, ENOMEM, "no memory for the shell's variables");
    int r = launch_ready (&s->launch, preamble, &s->server.host.log, error);
    free (preamble);
    return r;
}

/* Told to end before there is a server to end? */
static int check_wanted (struct error *error) {
    int number = signals_came ();

    return number ? error_set (error, EINTR, "the server was told to end before it was ready: %s",
                               strsignal (number))
                  : 0;
}

/* A part of the start that may take long, for scripts have their say in it. */
static int stage (struct story *s, int (*run) (struct server *, struct error *),
                  struct error *error) {
    int r = run (&s->server, error);

    return r < 0 ? r : check_wanted (error);
}

/* Up to where nothing is in the way any more. */
static int prepare (struct story *s, struct error *error) {
    int r = stage (s, server_complete, error);
    if (r == 0)
        r = stage (s, server_get_ready, error);
    if (r == 0)
        r = prepare_process (s, error);
    if (r == 0)
        r = stage (s, server_listen, error);
    return r;
}

static int serve (struct story *s, struct error *error) {
    print_uri (s);
    close_input (s);
    int r = drop_privileges (s, error);
    if (r == 0)
        r = stage (s, server_start, error);
    if (r == 0)
        r = write_pidfile (s, error);
    if (r == 0)
        r = check_wanted (error);
    if (r == 0)
        r = tell_ready (s, error);
    forget_pidfile (s, r < 0);
    if (r < 0)
        return r;
    signals_ready ();
    server_wait (&s->server);
    return 0;
}

static int run (struct story *s, struct error *error) {
    const struct options *o = &s->options;
    int r = 0;

    if (answer_early (s))
        return 0;
    if (!o->plugin)
        return error_set (error, EINVAL, "which plugin?  Try '%s memory 1G', or '%s --help'",
                          o->program, o->program);
    s->serving = !o->help && !o->version && !o->dump_plugin && !o->explain;
    if (s->serving && (r = take_sockets (s, error)) < 0)
        return r;
    if (s->serving)
        warn_of_tls (s);
    r = fork_first (s, error);
    signals_watch (&s->server.host, s->server.quit, s->launch.kind == LAUNCH_CAPTIVE);
    umask (022);
    if (r == 0)
        r = stage (s, server_load, error);
    if (r == 0 && (o->help || o->version)) {
        answer_of_chain (s);
        return 0;
    }
    if (r == 0)
        r = stage (s, server_configure, error);
    if (r == 0 && o->dump_plugin)
        return plugin_dump (s->server.chain, error);
    if (r == 0 && o->explain && (r = stage (s, server_complete, error)) == 0)
        return plugin_explain (s->server.chain, error);
    if (r == 0)
        r = prepare (s, error);
    return r == 0 ? serve (s, error) : r;
}

/* `stele repl`: the prompt is a program of its own, so that what it needs is loaded there
 * alone. */
static int become_repl (char **argv) {
    char *program = where_helper ("stele-repl");

    if (program) {
        argv[1] = argv[0];
        execv (program, argv + 1);
    }
    fprintf (stderr, "stele: error: %s: %s\n", program ? program : "stele-repl",
             strerror (errno));
    free (program);
    return EXIT_FAILURE;
}

int main (int argc, char **argv) {
    struct story story = {.launch.tell = -1};
    struct error error = {0};

    if (!stdio_is_open ()) {
        fprintf (stderr, "%s: error: standard input, output and error must be open\n", argv[0]);
        return EXIT_FAILURE;
    }
    if (argc > 1 && strcmp (argv[1], "repl") == 0)
        return become_repl (argv);
    story.starter = getppid ();
    signal (SIGCHLD, SIG_DFL); /* an ignored one would hide how children end */
    int parsed = options_parse (&story.options, argc, argv, &error);
    int r = server_init (&story.server, &story.options, &error);
    if (parsed == 0 && r == 0)
        r = run (&story, &error);
    if (parsed < 0 || r < 0)
        log_failure (&story.server.host.log, NULL, &error);
    server_end (&story.server);
    options_clear (&story.options);
    if (r < 0 && signals_came ())
        signals_die (signals_came ());
    return parsed < 0 || r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
