/* SPDX-License-Identifier: BSD-3-Clause */
/* parameters.c: what is given to the adapter itself, and not to the script's `config`.
 *
 * sh has warm=.  eval has also a parameter for each method, whose value is the fragment of
 * shell to run, and one for all the others. */
#include "shell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* In the order in which they are configured: warm comes when the fragments are known. */
int parameters_declare (struct shell *s, struct error *error) {
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

bool parameter_is_last (const struct parameter *row) {
    return strcmp (row->name, warm_parameter.name) == 0;
}

static const char *text_given (const struct shell *s, const char *name) {
    const struct arguments *a = &s->plugin->arguments;
    const struct value *v;

    if (!a->parameters || !parameter_find (a->parameters, name))
        return NULL;
    v = arguments_get (a, name);
    return v->given ? v->s : NULL;
}

const char *fragment_given (const struct shell *s, const struct callback *row) {
    return text_given (s, row->name);
}

const char *fragment_for (const struct shell *s, const struct callback *row) {
    const char *text = fragment_given (s, row);

    return text ? text : text_given (s, missing_parameter.name);
}
