/* SPDX-License-Identifier: BSD-3-Clause */
/* shell.c: the languages `sh` and `eval`.
 *
 * Both are programs that are run for each call, and differ in where the program is: sh has
 * a file, eval a fragment of shell in a parameter for each method.  Neither needs a
 * library, so they are linked in.  Which methods a program has is learnt by calling it:
 * rows are defined perhaps, but for eval, whose parameters tell. */
#include "../languages.h"
#include "shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MOST = 16 << 20 }; /* bytes that a method may print, where it is not data */

const struct method methods[ROW_COUNT] = {
    [ROW_load] = {.known = true, .not_eval = true},
    [ROW_magic_config_key] = {.known = true, .not_eval = true},
    [ROW_config] = {.known = true},
    [ROW_config_complete] = {.known = true},
    [ROW_dump_plugin] = {.known = true},
    [ROW_thread_model] = {.known = true},
    [ROW_get_ready] = {.known = true},
    [ROW_after_fork] = {.known = true},
    [ROW_preconnect] = {.known = true, .told = true},
    [ROW_list_exports] = {.known = true},
    [ROW_default_export] = {.known = true},
    [ROW_open] = {.known = true},
    [ROW_close] = {.known = true, .told = true},
    [ROW_cleanup] = {.known = true, .not_eval = true, .ours = true},
    [ROW_unload] = {.known = true},
    [ROW_get_size] = {.known = true, .needed = true},
    [ROW_block_size] = {.known = true},
    [ROW_export_description] = {.known = true},
    [ROW_contexts] = {.known = true, .not_eval = true, .ours = true},
    [ROW_can_write] = {.known = true},
    [ROW_can_flush] = {.known = true},
    [ROW_can_trim] = {.known = true},
    [ROW_can_zero] = {.known = true},
    [ROW_can_fast_zero] = {.known = true},
    [ROW_hides_zero] = {.known = true, .not_eval = true, .ours = true},
    [ROW_can_extents] = {.known = true},
    [ROW_can_multi_conn] = {.known = true},
    [ROW_is_rotational] = {.known = true},
    [ROW_can_fua] = {.known = true},
    [ROW_can_cache] = {.known = true},
    [ROW_pread] = {.known = true, .needed = true},
    [ROW_pwrite] = {.known = true, .needed = true, .flags = true},
    [ROW_flush] = {.known = true, .promised = true},
    [ROW_trim] = {.known = true, .flags = true},
    [ROW_zero] = {.known = true, .flags = true},
    [ROW_extents] = {.known = true, .flags = true},
    [ROW_cache] = {.known = true},
};

/* The environment of the server, and tmpdir. */
static char **environment_new (const char *folder) {
    size_t n = 0;
    char **copy, *mine;

    while (environ[n])
        n++;
    if (!(copy = calloc (n + 2, sizeof *copy)) || asprintf (&mine, "tmpdir=%s", folder) < 0) {
        free (copy);
        return NULL;
    }
    copy[0] = mine;
    for (size_t i = 0, to = 1; i < n; i++)
        if (strncmp (environ[i], "tmpdir=", strlen ("tmpdir=")) != 0)
            copy[to++] = environ[i];
    return copy;
}

static void close_shell (struct plugin *p) {
    struct shell *s = p->script;

    warm_free (s->warm);
    if (s->folder)
        folder_remove (s->folder);
    if (s->environment)
        free (s->environment[0]);
    free (s->environment);
    free (s->folder);
    free (s->path);
    free (s);
    p->script = NULL;
}

static struct shell *shell_new (struct plugin *p, bool eval, struct error *error) {
    struct shell *s = calloc (1, sizeof *s);

    if (!s) {
        error_set (error, ENOMEM, "%s: out of memory", p->name);
        return NULL;
    }
    s->plugin = p;
    s->eval = eval;
    p->script = s;
    if (!(s->folder = folder_new ()))
        error_set (error, errno, "%s: the temporary folder: %s", p->name, strerror (errno));
    else if (!(s->environment = environment_new (s->folder)))
        error_set (error, ENOMEM, "%s: out of memory", p->name);
    else
        return s;
    close_shell (p);
    return NULL;
}

static int load_shell (struct plugin *p, bool eval, struct error *error) {
    struct shell *s = shell_new (p, eval, error);
    int r;

    if (!s)
        return -(error->number ? error->number : EIO);
    r = eval ? 0 : program_find (s, error);
    if (r == 0)
        r = parameters_declare (s, error);
    if (r < 0)
        close_shell (p);
    return r;
}

static int load_sh (struct plugin *p, struct error *error) {
    return load_shell (p, false, error);
}

static int load_eval (struct plugin *p, struct error *error) {
    return load_shell (p, true, error);
}

static enum defined defines_sh (struct plugin *p, const struct callback *row) {
    (void) p;
    return methods[row - callbacks].known ? DEFINED_PERHAPS : NOT_DEFINED;
}

/* Before the parameters are known only what is called that early may be there. */
static enum defined defines_eval (struct plugin *p, const struct callback *row) {
    const struct shell *s = p->script;
    const struct method *m = &methods[row - callbacks];

    if (!m->known || m->not_eval)
        return NOT_DEFINED;
    if (row->kind == KIND_LIFE && !s->configured)
        return DEFINED_PERHAPS;
    if (fragment_given (s, row))
        return DEFINED;
    return fragment_for (s, row) ? DEFINED_PERHAPS : NOT_DEFINED;
}

/* The last of the parameters: from now on there is time for a shell to get warm. */
static int configure (struct plugin *p, const struct parameter *parameter,
                      const struct value *value, struct error *error) {
    struct shell *s = p->script;

    if (value->more)
        return error_set (error, EINVAL, "%s: %s is given twice", p->name, parameter->name);
    if (!parameter_is_last (parameter))
        return 0;
    s->configured = true;
    if (s->eval)
        plugin_redefined (p);
    if (strcmp (value->s, "auto") == 0)
        s->warm = warm_new (s);
    return 0;
}

/* Where the output goes, and what the input is. */
static void run_prepare (struct run *run, const struct call *c) {
    const struct request *r = c->request;

    run_init (run);
    run->out_most = TEXT_MOST;
    if (c->row->gives == 'B') {
        run->out = r->data;
        run->out_room = run->out_most = r->count;
        run->out_fixed = true;
    }
    if (strchr (c->row->takes, 'd')) {
        run->input = r->payload;
        run->input_size = r->count;
    }
}

/* Does nobody else tell of it?  What fails before there are clients is told by the core; a
 * zero that is not supported is how a script asks for pwrite instead. */
static bool is_ours_to_tell (const struct call *c, int number) {
    bool refused =
        c->row == &callbacks[ROW_zero] && (number == ENOTSUP || number == EOPNOTSUPP);

    return c->session && !methods[c->row - callbacks].told && !refused;
}

/* Beside its first line, which is in the sentence of a failure. */
static void tell_complaints (const struct plugin *p, const struct run *run) {
    const char *line = run->err + run->err_told, *end = run->err + run->err_size;

    while (line < end) {
        size_t rest = (size_t) (end - line);
        const char *newline = memchr (line, '\n', rest);
        size_t length = newline ? (size_t) (newline - line) : rest;
        if (length > 0)
            log_debug (&p->host->log, p->name, "%s: %.*s", run->method, (int) length, line);
        line += length + 1;
    }
}

/* To the log, and to who asked. */
static int fail (const struct plugin *p, const struct call *c, int number, const char *text) {
    struct error *error = c->row->kind == KIND_WORK ? c->request->error : c->error;
    bool ours = is_ours_to_tell (c, number), first = error && error->number == 0;

    (ours ? log_error : log_debug) (&p->host->log, p->name, "%s", text);
    error_set (error, number, "%s", text);
    if (first)
        error->told = ours;
    return -number;
}

/* R is what running it came to: make of it what the caller is given. */
static int answer (struct plugin *p, struct call *c, struct run *run, int r,
                   struct error *error) {
    if (r == SAID_FALSE) {
        c->out.b = false;
        r = 0;
    } else if (r == 0) {
        r = result_take (c, run, error);
    }
    if (r < 0)
        r = fail (p, c, -r, error->text);
    if (p->host->log.verbose)
        tell_complaints (p, run);
    if (!run->out_fixed)
        free (run->out);
    return r;
}

static void started_ended (struct started *started, int r) {
    struct call *c = &started->call;
    struct plugin *p = started->shell->plugin;
    struct error error = {0};

    r = method_ended (p->script, started, r, &error);
    r = answer (p, c, &started->run, r, &error);
    plugin_finish (c->device, c->request, r);
    free (started);
}

/* Without waiting: only what is short and never missing. */
static int call_at_once (struct plugin *p, const struct call *c) {
    struct started *started;

    if (c->row != &callbacks[ROW_pread] || p->filter || !(started = malloc (sizeof *started)))
        return -EAGAIN;
    started->call = *c;
    started->shell = p->script;
    started->ended = started_ended;
    run_prepare (&started->run, c);
    if (method_start (p->script, started) == LATER)
        return LATER;
    free (started);
    return -EAGAIN;
}

static int call (struct plugin *p, struct call *c) {
    struct shell *s = p->script;
    struct error error = {0};
    struct run run;

    if (s->eval && (methods[c->row - callbacks].not_eval || !fragment_for (s, c->row)))
        return MISSING;
    if (c->request && c->request->at_once)
        return call_at_once (p, c);
    run_prepare (&run, c);
    return answer (p, c, &run, method_run (s, c, &run, &error), &error);
}

/* What is in it must be found by the methods that are called from now on. */
static void hand_over (struct plugin *p, const struct identity *who) {
    const struct shell *s = p->script;

    folder_give (s->folder, who);
}

static void drop (struct plugin *p, void *handle) {
    (void) p;
    free (handle);
}

static const char dump[] = "max_known_status=8\n";

const struct language sh_language = {
    .name = "sh",
    .suffix = ".sh",
    .doc = "a shell script, or any program, that is run for each call",
    .dump = dump,
    .load = load_sh,
    .defines = defines_sh,
    .configure = configure,
    .call = call,
    .hand_over = hand_over,
    .drop = drop,
    .close = close_shell,
    .may_block = true,
    .tries = 1u << WORK_pread,
    .standard_input = true,
};

const struct language eval_language = {
    .name = "eval",
    .doc = "fragments of shell script as parameters",
    .dump = dump,
    .load = load_eval,
    .defines = defines_eval,
    .configure = configure,
    .call = call,
    .hand_over = hand_over,
    .drop = drop,
    .close = close_shell,
    .may_block = true,
    .tries = 1u << WORK_pread,
    .scriptless = true,
};
