/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin_print.c: what --dump-plugin, --explain and --help print of a chain.
 *
 * Other programs read these lines (nbdkit-probing(1) is the field's description of them);
 * the has_ lines are the rows of callbacks.def that the script defines. */
#include "plugin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "strand.h"

static void dump_filter (const struct plugin *p) {
    printf ("%s_path=%s\n%s_name=%s\n", p->name, p->path, p->name, p->name);
}

/* A script is as good as a plugin that was compiled with all that there is. */
static void dump_what (const struct plugin *p) {
    static const struct compiled script = {
        .api_version = 2, .model = PARALLEL, .errno_is_preserved = true};
    const struct compiled *c = p->compiled.api_version ? &p->compiled : &script;
    const char *version = p->version;

    if (!version && !p->compiled.api_version)
        version = PACKAGE_VERSION;
    printf ("path=%s\nname=%s\n", p->path ? p->path : p->language->name, p->name);
    if (version)
        printf ("version=%s\n", version);
    printf ("api_version=%d\n", c->api_version);
    if (c->struct_size)
        printf ("struct_size=%zu\n", c->struct_size);
    printf ("language=%s\nmax_thread_model=%s\nthread_model=%s\nerrno_is_preserved=%d\n",
            p->language->name, thread_model_name (c->model), thread_model_name (p->model),
            c->errno_is_preserved);
    if (p->magic)
        printf ("magic_config_key=%s\n", p->magic);
}

/* Texts are no rows, but are known to whoever reads this as if they were. */
static void dump_has (const struct plugin *p) {
    if (p->longname)
        printf ("has_longname=1\n");
    if (p->description)
        printf ("has_description=1\n");
    for (int row = 0; row < ROW_COUNT; row++)
        if (p->defines[row] && row != ROW_magic_config_key)
            printf ("has_%s=1\n", callbacks[row].name);
    if (p->config_help)
        printf ("has_config_help=1\n");
}

static int print_by_script (struct plugin *p, struct call *call) {
    int r;

    if (p->strand)
        strand_lock (p->strand);
    r = p->language->call (p, call);
    if (p->strand)
        strand_leave (p->strand);
    return r;
}

static int dump_plugin (struct plugin *p, struct error *error) {
    struct call call = {.row = &callbacks[ROW_dump_plugin], .error = error};
    struct error no_model = {0}; /* it may depend on what was not configured */
    int r;

    plugin_choose_model (p, &no_model);
    dump_what (p);
    dump_has (p);
    if (p->language->dump)
        printf ("%s", p->language->dump);
    if (!p->defines[ROW_dump_plugin])
        return 0;
    r = print_by_script (p, &call);
    return r == MISSING ? 0 : r;
}

int plugin_explain (struct plugin *chain, struct error *error) {
    struct call call = {.row = &callbacks[ROW_explain], .error = error};
    struct plugin *p = chain;
    int r = MISSING;

    while (p->next)
        p = p->next;
    if (p->defines[ROW_explain])
        r = print_by_script (p, &call);
    return r == MISSING ? error_set (error, ENOTSUP, "%s: it has nothing to explain", p->name)
                        : r;
}

int plugin_dump (struct plugin *chain, struct error *error) {
    struct plugin *p = chain;
    int r;

    while (p->next)
        p = p->next;
    r = dump_plugin (p, error);
    for (p = chain; p->next; p = p->next)
        dump_filter (p);
    return r;
}

static void help_one (const struct plugin *p) {
    char *parameters = p->parameters ? parameters_help (p->parameters) : NULL;
    char *own = p->own.parameters ? parameters_help (p->own.parameters) : NULL;

    printf ("\n%s: %s", p->filter ? "filter" : "plugin", p->name);
    printf (p->longname ? " (%s)\n" : "\n", p->longname);
    if (p->path && !p->language->scriptless)
        printf ("(%s)\n", p->path);
    else if (!p->path)
        printf ("%s\n[script=]<FILENAME>     (required) The script to run.\n",
                p->language->doc);
    if (p->description)
        printf ("%s\n", p->description);
    if (parameters)
        printf ("%s", parameters);
    if (p->config_help)
        printf ("%s\n", p->config_help);
    if (own)
        printf ("%s", own);
    free (parameters);
    free (own);
}

void plugin_help (const struct plugin *chain) {
    for (const struct plugin *p = chain; p; p = p->next)
        help_one (p);
}
