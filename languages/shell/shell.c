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
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    [ROW_preconnect] = {.known = true},
    [ROW_list_exports] = {.known = true},
    [ROW_default_export] = {.known = true},
    [ROW_open] = {.known = true},
    [ROW_close] = {.known = true},
    [ROW_cleanup] = {.known = true, .not_eval = true, .ours = true},
    [ROW_unload] = {.known = true},
    [ROW_get_size] = {.known = true},
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

/* A parameter of the adapter's own, in a list that plugin_declare takes over. */
static bool parameter_make (struct parameter *row, const struct parameter *from) {
    *row = *from;
    row->name = strdup (from->name);
    row->doc = from->doc ? strdup (from->doc) : NULL;
    row->label = from->label ? strdup (from->label) : NULL;
    row->choices = from->choices ? strdup (from->choices) : NULL;
    row->fallback = from->fallback ? strdup (from->fallback) : NULL;
    return row->name && !row->doc == !from->doc && !row->label == !from->label &&
           !row->choices == !from->choices && !row->fallback == !from->fallback;
}

static const struct parameter warm_parameter = {
    .name = "warm",
    .type = PARAM_choice,
    .choices = "auto|off",
    .fallback = "auto",
    .doc = "may a shell that has read the script wait for calls?",
};

static const struct parameter missing_parameter = {
    .name = "missing",
    .type = PARAM_string,
    .label = "SCRIPT",
    .doc = "instead of every method that is not given",
};

/* sh: warm.  eval: also each method. */
static int declare (struct shell *s, struct error *error) {
    struct parameter *list = calloc (ROW_COUNT + 3, sizeof *list);
    int n = 0;
    bool made = list != NULL;

    for (int row = 0; made && s->eval && row < ROW_COUNT; row++) {
        struct parameter method = {.name = callbacks[row].name,
                                   .type = PARAM_string,
                                   .many = true, /* so that a second one is noticed */
                                   .label = "SCRIPT",
                                   .doc = callbacks[row].doc};
        if (methods[row].known && !methods[row].not_eval)
            made = parameter_make (&list[n++], &method);
    }
    if (made && s->eval)
        made = parameter_make (&list[n++], &missing_parameter);
    if (made)
        made = parameter_make (&list[n++], &warm_parameter);
    if (list)
        plugin_declare (s->plugin, list);
    return made ? 0 : error_set (error, ENOMEM, "%s: out of memory", s->plugin->name);
}

/* What was given so far for a parameter; NULL: nothing. */
static const struct value *given (const struct shell *s, const char *name) {
    const struct arguments *a = &s->plugin->arguments;
    const struct value *v;

    if (!a->parameters || !parameter_find (a->parameters, name))
        return NULL;
    v = arguments_get (a, name);
    return v->given ? v : NULL;
}

const char *shell_fragment (const struct shell *s, const struct callback *row) {
    const struct value *v = given (s, row->name);

    if (!v)
        v = given (s, missing_parameter.name);
    return v ? v->s : NULL;
}

/* `sh -`: the script is what standard input has. */
static int copy_input (struct shell *s, struct error *error) {
    char buffer[65536];
    ssize_t n = -1;
    int fd;

    if (!s->plugin->host->stdio_safe)
        return error_set (error, EINVAL, "sh -: standard input belongs to the client");
    if (asprintf (&s->path, "%s/inline-script.sh", s->folder) < 0) {
        s->path = NULL;
        return error_set (error, ENOMEM, "sh: out of memory");
    }
    fd = open (s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    while (fd >= 0 && (n = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
        if (write (fd, buffer, (size_t) n) != n) {
            n = -1;
            break;
        }
    if (n < 0)
        error_set (error, errno, "%s: %s", s->path, strerror (errno));
    if (fd >= 0)
        close (fd);
    return n < 0 ? -EIO : 0;
}

static int find_program (struct shell *s, struct error *error) {
    const char *path = s->plugin->path;
    struct stat status;

    if (strcmp (path, "-") == 0)
        return copy_input (s, error);
    if (!(s->path = strdup (path)))
        return error_set (error, ENOMEM, "%s: out of memory", path);
    if (stat (path, &status) == 0 && S_ISDIR (status.st_mode))
        return error_set (error, EISDIR, "%s: it is a folder", path);
    if (access (path, X_OK) < 0)
        return error_set (error, errno,
                          errno == EACCES ? "%s: it is not executable: try chmod +x"
                                          : "%s: it cannot be run",
                          path);
    return 0;
}

static int load_shell (struct plugin *p, bool eval, struct error *error) {
    struct shell *s = shell_new (p, eval, error);
    int r;

    if (!s)
        return -(error->number ? error->number : EIO);
    r = eval ? 0 : find_program (s, error);
    if (r == 0)
        r = declare (s, error);
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
    if (given (s, row->name))
        return DEFINED;
    return shell_fragment (s, row) ? DEFINED_PERHAPS : NOT_DEFINED;
}

/* The last of the parameters: from now on there is time for a shell to get warm. */
static int configure (struct plugin *p, const struct parameter *parameter,
                      const struct value *value, struct error *error) {
    struct shell *s = p->script;

    if (value->more)
        return error_set (error, EINVAL, "%s: %s is given twice", p->name, parameter->name);
    if (strcmp (parameter->name, warm_parameter.name) != 0)
        return 0;
    s->configured = true;
    if (s->eval)
        plugin_redefined (p);
    if (strcmp (value->s, "auto") == 0)
        s->warm = warm_new (s);
    return 0;
}

static void give_output (const struct call *c, struct run *run) {
    const struct request *r = c->request;

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

static int call (struct plugin *p, struct call *c) {
    struct shell *s = p->script;
    struct error *error = c->row->kind == KIND_WORK ? c->request->error : c->error;
    struct run run;
    int r;

    if (s->eval && (methods[c->row - callbacks].not_eval || !shell_fragment (s, c->row)))
        return MISSING;
    memset (&run, 0, offsetof (struct run, err));
    run.err_size = 0;
    give_output (c, &run);
    r = method_run (s, c, &run, error);
    if (r == SAID_FALSE) {
        c->out.b = false;
        r = 0;
    } else if (r == 0) {
        r = result_take (c, &run, error);
    }
    if (!run.out_fixed)
        free (run.out);
    return r;
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
    .drop = drop,
    .close = close_shell,
    .may_block = true,
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
    .drop = drop,
    .close = close_shell,
    .may_block = true,
    .scriptless = true,
};
