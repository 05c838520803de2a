/* SPDX-License-Identifier: BSD-3-Clause */
/* params.c: lists of typed parameters, and what was given for them.
 *
 * A type is a row of types[]: its names, what --help shows for its value, how text
 * becomes a value and how a value is copied and freed.  A parameter may be written with
 * '-' or '_' as the language at hand allows.  Given twice, the last one counts, unless
 * its row says `many`. */
#include "params.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

typedef int parse_fn (const struct parameter *, const char *what, const char *text,
                      struct value *, struct error *);

static int give_size (const struct parameter *p, const char *what, const char *text,
                      struct value *value, struct error *error) {
    (void) p;
    return parse_size (what, text, &value->u, error);
}

static int give_unsigned (const struct parameter *p, const char *what, const char *text,
                          struct value *value, struct error *error) {
    (void) p;
    return parse_unsigned (what, text, &value->u, error);
}

static int give_integer (const struct parameter *p, const char *what, const char *text,
                         struct value *value, struct error *error) {
    (void) p;
    return parse_integer (what, text, &value->i, error);
}

static int give_boolean (const struct parameter *p, const char *what, const char *text,
                         struct value *value, struct error *error) {
    (void) p;
    return parse_boolean (what, text, &value->b, error);
}

static int give_string (const struct parameter *p, const char *what, const char *text,
                        struct value *value, struct error *error) {
    (void) p;
    value->s = strdup (text);
    return value->s ? 0 : error_set (error, ENOMEM, "%s: no memory for the value", what);
}

static int give_path (const struct parameter *p, const char *what, const char *text,
                      struct value *value, struct error *error) {
    if (text[0] == '\0')
        return error_set (error, EINVAL, "%s: the path is empty", what);
    if (text[0] == '/')
        return give_string (p, what, text, value, error);
    char *folder = getcwd (NULL, 0);
    if (!folder)
        return error_set (error, errno, "%s: the current folder: %s", what, strerror (errno));
    int r = asprintf (&value->s, "%s%s%s", folder, folder[1] ? "/" : "", text);
    free (folder);
    if (r >= 0)
        return 0;
    value->s = NULL;
    return error_set (error, ENOMEM, "%s: no memory for the path", what);
}

static int give_password (const struct parameter *p, const char *what, const char *text,
                          struct value *value, struct error *error) {
    (void) p;
    return parse_password (what, text, isatty (STDIN_FILENO), &value->s, error);
}

struct choices {
    char *text; /* with NULs for the bars */
    int n;
};

static const char *choice_at (const void *of, int i) {
    const struct choices *choices = of;
    if (i >= choices->n)
        return NULL;
    const char *p = choices->text;
    while (i-- > 0)
        p += strlen (p) + 1;
    return p;
}

static int give_choice (const struct parameter *p, const char *what, const char *text,
                        struct value *value, struct error *error) {
    struct choices choices = {.text = strdup (p->choices ? p->choices : ""), .n = 1};
    const char *name;

    if (!choices.text)
        return error_set (error, ENOMEM, "%s: no memory for the choices", what);
    for (char *c = choices.text; *c; c++)
        if (*c == '|') {
            *c = '\0';
            choices.n++;
        }
    for (int i = 0; (name = choice_at (&choices, i)) != NULL; i++)
        if (strcmp (name, text) == 0) {
            free (choices.text);
            return give_string (p, what, text, value, error);
        }
    const char *near = error_near_miss (text, choice_at, &choices);
    if (near)
        error_set (error, EINVAL, "%s: '%s' is none of %s: did you mean '%s'?", what, text,
                   p->choices, near);
    else
        error_set (error, EINVAL, "%s: '%s' is none of %s", what, text,
                   p->choices ? p->choices : "its choices");
    free (choices.text);
    return -EINVAL;
}

static int give_delay (const struct parameter *p, const char *what, const char *text,
                       struct value *value, struct error *error) {
    (void) p;
    return parse_delay (what, text, &value->u, error);
}

static int give_probability (const struct parameter *p, const char *what, const char *text,
                             struct value *value, struct error *error) {
    (void) p;
    return parse_probability (what, text, &value->d, error);
}

static int give_device (const struct parameter *p, const char *what, const char *text,
                        struct value *value, struct error *error) {
    (void) p;
    (void) value;
    return error_set (error, EINVAL, "%s: a device is wanted, not '%s'", what, text);
}

static const struct {
    const char *name, *other; /* OTHER: a second name that scripts may use */
    const char *label;
    parse_fn *parse;
    bool text; /* the value is a malloc'ed string */
} types[PARAM_TYPES] = {
    [PARAM_size] = {"size", NULL, "SIZE", give_size, false},
    [PARAM_unsigned] = {"unsigned", "uint", "N", give_unsigned, false},
    [PARAM_integer] = {"integer", "int", "N", give_integer, false},
    [PARAM_boolean] = {"boolean", "bool", "BOOL", give_boolean, false},
    [PARAM_string] = {"string", NULL, "TEXT", give_string, true},
    [PARAM_path] = {"path", NULL, "PATH", give_path, true},
    [PARAM_password] = {"password", NULL, "PASSWORD", give_password, true},
    [PARAM_choice] = {"choice", NULL, "CHOICE", give_choice, true},
    [PARAM_delay] = {"delay", NULL, "TIME", give_delay, false},
    [PARAM_probability] = {"probability", NULL, "PROBABILITY", give_probability, false},
    [PARAM_device] = {"device", NULL, "DEVICE", give_device, false},
};

enum parameter_type parameter_type (const char *name) {
    for (int i = 0; i < PARAM_TYPES; i++)
        if (strcmp (name, types[i].name) == 0 ||
            (types[i].other && strcmp (name, types[i].other) == 0))
            return (enum parameter_type) i;
    return PARAM_TYPES;
}

const char *parameter_type_name (enum parameter_type type) {
    return type < PARAM_TYPES ? types[type].name : "nothing";
}

static bool same_name (const char *a, const char *b) {
    for (; *a && *b; a++, b++)
        if (*a != *b && !((*a == '-' && *b == '_') || (*a == '_' && *b == '-')))
            return false;
    return *a == *b;
}

const struct parameter *parameter_find (const struct parameter *list, const char *name) {
    for (const struct parameter *p = list; p && p->name; p++)
        if (same_name (p->name, name))
            return p;
    return NULL;
}

const struct parameter *parameter_bare (const struct parameter *list) {
    for (const struct parameter *p = list; p && p->name; p++)
        if (p->bare)
            return p;
    return NULL;
}

static size_t list_length (const struct parameter *list) {
    size_t n = 0;
    while (list && list[n].name)
        n++;
    return n;
}

int arguments_init (struct arguments *arguments, const struct parameter *list) {
    arguments->parameters = list;
    arguments->values = calloc (list_length (list) + 1, sizeof *arguments->values);
    return arguments->values ? 0 : -ENOMEM;
}

static void value_clear (const struct parameter *p, struct value *value) {
    while (value->more) {
        struct value *next = value->more;
        value->more = next->more;
        next->more = NULL;
        value_clear (p, next);
        free (next);
    }
    if (value->set && types[p->type].text)
        free (value->s);
    if (value->set && p->type == PARAM_device)
        device_unref (value->device);
    *value = (struct value){0};
}

void arguments_clear (struct arguments *arguments) {
    size_t n = arguments->values ? list_length (arguments->parameters) : 0;
    for (size_t i = 0; i < n; i++)
        value_clear (&arguments->parameters[i], &arguments->values[i]);
    free (arguments->values);
    arguments->values = NULL;
}

static const char *visible_name (const void *of, int i) {
    const struct parameter *p = of;
    for (; p && p->name; p++)
        if (!p->hidden && i-- == 0)
            return p->name;
    return NULL;
}

static const struct parameter *find_or_complain (const struct arguments *arguments,
                                                 const char *owner, const char *name,
                                                 struct error *error) {
    const struct parameter *p = parameter_find (arguments->parameters, name);
    if (p)
        return p;
    const char *near = error_near_miss (name, visible_name, arguments->parameters);
    if (near)
        error_set (error, EINVAL, "%s: unknown parameter '%s': did you mean '%s'?", owner, name,
                   near);
    else
        error_set (error, EINVAL, "%s: unknown parameter '%s'", owner, name);
    return NULL;
}

/* FRESH is set and owned; the slot takes it over, or frees it when it fails. */
static int keep (struct arguments *arguments, const struct parameter *p, struct value *fresh,
                 struct error *error) {
    struct value *slot = &arguments->values[p - arguments->parameters];

    if (!slot->given || !p->many) {
        value_clear (p, slot);
        *slot = *fresh;
        return 0;
    }
    struct value *more = malloc (sizeof *more);
    if (!more) {
        value_clear (p, fresh);
        return error_set (error, ENOMEM, "%s: no memory for another value", p->name);
    }
    *more = *fresh;
    while (slot->more)
        slot = slot->more;
    slot->more = more;
    return 0;
}

static int give_text (struct arguments *arguments, const struct parameter *p, const char *owner,
                      const char *text, bool given, struct error *error) {
    struct value fresh = {0};
    char what[128];

    snprintf (what, sizeof what, "%s: %s", owner, p->name);
    int r = types[p->type].parse (p, what, text, &fresh, error);
    if (r < 0)
        return r;
    fresh.set = true;
    fresh.given = given;
    return keep (arguments, p, &fresh, error);
}

int arguments_give (struct arguments *arguments, const char *owner, const char *name,
                    const char *text, struct error *error) {
    const struct parameter *p = find_or_complain (arguments, owner, name, error);
    return p ? give_text (arguments, p, owner, text, true, error) : -EINVAL;
}

int arguments_give_value (struct arguments *arguments, const char *owner, const char *name,
                          const struct value *source, struct error *error) {
    const struct parameter *p = find_or_complain (arguments, owner, name, error);
    if (!p)
        return -EINVAL;
    if (types[p->type].text)
        return give_text (arguments, p, owner, source->s, true, error);

    struct value fresh = *source;
    fresh.more = NULL;
    fresh.set = fresh.given = true;
    if (p->type == PARAM_device)
        device_ref (fresh.device);
    return keep (arguments, p, &fresh, error);
}

int arguments_complete (struct arguments *arguments, const char *owner, struct error *error) {
    for (const struct parameter *p = arguments->parameters; p && p->name; p++) {
        struct value *value = &arguments->values[p - arguments->parameters];
        if (value->set)
            continue;
        if (p->required)
            return error_set (error, EINVAL, "%s: the parameter '%s' is required%s%s", owner,
                              p->name, p->doc ? ": " : "", p->doc ? p->doc : "");
        int r = p->fallback ? give_text (arguments, p, owner, p->fallback, false, error) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

const struct value *arguments_get (const struct arguments *arguments, const char *name) {
    const struct parameter *p = parameter_find (arguments->parameters, name);
    assert (p != NULL);
    return &arguments->values[p - arguments->parameters];
}

static void print_usage (FILE *out, const struct parameter *p) {
    const char *label = p->label                                ? p->label
                        : p->type == PARAM_choice && p->choices ? p->choices
                                                                : types[p->type].label;
    fprintf (out, p->bare ? "[%s=]%s" : "%s=%s", p->name, label);
}

static void print_help (FILE *out, const struct parameter *p) {
    enum { COLUMN = 26 };
    long before = ftell (out);

    fputs ("  ", out);
    print_usage (out, p);
    int width = (int) (ftell (out) - before);
    if (width >= COLUMN)
        fprintf (out, "\n%*s", COLUMN, "");
    else
        fprintf (out, "%*s", COLUMN - width, "");
    fprintf (out, "%s%s", p->required ? "(required) " : "", p->doc ? p->doc : "");
    if (p->many)
        fputs (" (may be repeated)", out);
    if (p->fallback)
        fprintf (out, " (default %s)", p->fallback);
    fputc ('\n', out);
}

char *parameters_help (const struct parameter *list) {
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream (&text, &n);

    if (!out)
        return NULL;
    for (const struct parameter *p = list; p && p->name; p++)
        if (!p->hidden)
            print_help (out, p);
    bool failed = ferror (out);
    if (fclose (out) != 0 || failed) {
        free (text);
        return NULL;
    }
    return text;
}
