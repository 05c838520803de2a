/* SPDX-License-Identifier: BSD-3-Clause */
/* native_parameters.c: the typed parameters of an object that speaks stele.h.
 *
 * Its rows become a list of the core's when it is loaded, and from then on are the core's
 * alone: the object asks for a value by name and type.  What it asks wrongly is said in the
 * log and has no value, for it is no reason to fall over. */
#include "native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The rows of an object may be shorter or longer than ours. */
static const struct stele_parameter *row_at (const struct stele_plugin *offers, size_t i) {
    return (const void *) ((const char *) offers->parameters + i * offers->parameter_size);
}

static bool read_row (const struct stele_plugin *offers, size_t i,
                      struct stele_parameter *row) {
    const char *from = (const char *) row_at (offers, i);
    size_t size = offers->parameter_size;

    memset (row, 0, sizeof *row);
    memcpy (row, from, size < sizeof *row ? size : sizeof *row);
    for (size_t n = sizeof *row; n < size; n++)
        if (from[n])
            return false;
    return true;
}

static const char *type_name (const void *of, int i) {
    (void) of;
    return i < PARAM_device ? parameter_type_name ((enum parameter_type) i) : NULL;
}

static int check_row (const struct plugin *p, const struct stele_parameter *row,
                      const struct parameter *list, struct error *error) {
    const char *word = row->type ? row->type : "";
    enum parameter_type type = parameter_type (word);
    const char *near = error_near_miss (word, type_name, NULL);

    if (type == PARAM_TYPES || type == PARAM_device)
        return error_set (error, EINVAL, "%s: the parameter '%s': unknown type '%s'%s%s%s",
                          p->name, row->name, word, near ? ": did you mean '" : "",
                          near ? near : "", near ? "'?" : "");
    if (type == PARAM_choice && !row->choices)
        return error_set (error, EINVAL,
                          "%s: the parameter '%s': a choice wants the list of its choices",
                          p->name, row->name);
    if (parameter_find (list, row->name))
        return error_set (error, EINVAL, "%s: the parameter '%s' is declared twice", p->name,
                          row->name);
    return 0;
}

static bool copy_text (const char **to, const char *text) {
    *to = text ? strdup (text) : NULL;
    return !text || *to;
}

/* The name comes first: the list ends where there is none. */
static bool copy_row (struct parameter *to, const struct stele_parameter *row) {
    *to = (struct parameter){.type = parameter_type (row->type),
                             .required = row->required,
                             .bare = row->bare,
                             .many = row->many,
                             .hidden = row->hidden};
    return copy_text (&to->name, row->name) && copy_text (&to->choices, row->choices) &&
           copy_text (&to->fallback, row->fallback) && copy_text (&to->label, row->label) &&
           copy_text (&to->doc, row->doc);
}

int native_declare (struct plugin *p, const struct stele_plugin *offers, struct error *error) {
    struct stele_parameter row;
    struct parameter *list;
    size_t n = 0;
    int r = 0;

    if (!offers->parameters)
        return 0;
    if (offers->parameter_size < offsetof (struct stele_parameter, doc) + sizeof (char *))
        return error_set (error, EINVAL, "%s: parameter_size, %u, is too small", p->name,
                          offers->parameter_size);
    while (row_at (offers, n)->name)
        n++;
    if (!(list = calloc (n + 1, sizeof *list)))
        return error_set (error, ENOMEM, "%s: out of memory", p->name);
    for (size_t i = 0; r == 0 && i < n; i++) {
        if (!read_row (offers, i, &row))
            r = error_set (error, EINVAL,
                           "%s: the parameter '%s' uses something of stele.h that is newer "
                           "than this server",
                           p->name, row.name);
        if (r == 0)
            r = check_row (p, &row, list, error);
        if (r == 0 && !copy_row (&list[i], &row))
            r = error_set (error, ENOMEM, "%s: out of memory", p->name);
    }
    plugin_declare (p, list); /* which frees it, in time */
    return r;
}

/* Values */

#define SET(type) (1u << PARAM_##type)

static const struct value no_value;

/* What was given for NAME, if it is of one of these types. */
static const struct value *value_of (const char *name, unsigned types) {
    const struct now *now = now_get ();
    const struct plugin *p = now ? now->object->plugin : NULL;
    const struct parameter *row = p ? parameter_find (p->arguments.parameters, name) : NULL;

    if (row && types & 1u << row->type)
        return arguments_get (&p->arguments, name);
    if (!p)
        stele_log ("the parameter '%s' is asked for outside of a callback", name);
    else if (!row)
        stele_log ("the parameter '%s' is asked for, and not declared", name);
    else
        stele_log ("the parameter '%s' is asked for as something else than a %s", name,
                   parameter_type_name (row->type));
    return &no_value;
}

uint64_t stele_parameter_size (const char *name) {
    return value_of (name, SET (size) | SET (unsigned) | SET (delay))->u;
}

int64_t stele_parameter_integer (const char *name) {
    return value_of (name, SET (integer))->i;
}

bool stele_parameter_boolean (const char *name) {
    return value_of (name, SET (boolean))->b;
}

double stele_parameter_probability (const char *name) {
    return value_of (name, SET (probability))->d;
}

enum { TEXTS = SET (string) | SET (path) | SET (password) | SET (choice) };

const char *stele_parameter_string (const char *name) {
    return value_of (name, TEXTS)->s;
}

size_t stele_parameter_given (const char *name) {
    const struct value *v = value_of (name, ~0u);
    size_t n = 0;

    for (; v && v->given; v = v->more)
        n++;
    return n;
}

const char *stele_parameter_string_at (const char *name, size_t i) {
    const struct value *v = value_of (name, TEXTS);

    while (v && i-- > 0)
        v = v->more;
    return v ? v->s : NULL;
}

int stele_parse_size (const char *what, const char *text, uint64_t *bytes) {
    return parse_size (what, text, bytes, native_error ());
}
