/* SPDX-License-Identifier: BSD-3-Clause */
/* params.h: typed key=value.
 *
 * The command line, the `parameters` of a script, and the constructors of primitives
 * (stele.slice{...}) are all lists of struct parameter, and what was given for them a
 * struct arguments.  Errors, defaults, --help and near misses come from here alone. */
#ifndef STELE_PARAMS_H
#define STELE_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct device;

/* How a type is written in a script, and where its value is kept:
 *   size u  unsigned u  integer i  boolean b  string s  path s  password s  choice s
 *   delay u (nanoseconds)  probability d  device device */
enum parameter_type {
    PARAM_size,
    PARAM_unsigned,
    PARAM_integer,
    PARAM_boolean,
    PARAM_string,
    PARAM_path, /* made absolute when it is given */
    PARAM_password,
    PARAM_choice,
    PARAM_delay,
    PARAM_probability,
    PARAM_device, /* cannot be given as text */
    PARAM_TYPES
};

struct parameter {
    const char *name;
    enum parameter_type type;
    bool required;
    bool bare;     /* a word without key= means this one */
    bool many;     /* may be given several times */
    bool hidden;   /* understood, and left out of --help: an older name */
    const char *choices;   /* PARAM_choice: "sparse|malloc|zstd" */
    const char *fallback;  /* as text; NULL: none, the value is not given */
    const char *label;     /* --help: what stands behind NAME=, where it is not the type's */
    const char *doc;       /* one sentence */
};

/* A list; ends with a row whose name is NULL.  Whoever made it owns its strings. */

struct value {
    bool given; /* by somebody, not by the fallback */
    bool set;   /* given, or from the fallback */
    union {
        uint64_t u;
        int64_t i;
        bool b;
        double d;
        char *s;               /* owned */
        struct device *device; /* a reference, owned */
    };
    struct value *more; /* the next one, where many were given; owned */
};

struct arguments {
    const struct parameter *parameters;
    struct value *values; /* one a row */
};

/* Parse TEXT.  0, or -EINVAL with a sentence that names WHAT. */
int parse_size (const char *what, const char *text, uint64_t *bytes, struct error *);
int parse_unsigned (const char *what, const char *text, uint64_t *, struct error *);
int parse_integer (const char *what, const char *text, int64_t *, struct error *);
int parse_boolean (const char *what, const char *text, bool *, struct error *);
int parse_delay (const char *what, const char *text, uint64_t *ns, struct error *);
int parse_probability (const char *what, const char *text, double *, struct error *);

/* A password as the user gave it: "-" asks on the terminal (where INTERACTIVE), "-N" reads
 * a line of descriptor N, "+FILE" the first line of a file.  Malloc'ed. */
int parse_password (const char *what, const char *text, bool interactive, char **, struct error *);

/* "16k" and the like for people; BUFFER is at least 32 bytes.  Returns BUFFER. */
char *format_size (char *buffer, uint64_t bytes);

/* The type a script means by NAME ("size"), or PARAM_TYPES. */
enum parameter_type parameter_type (const char *name);
const char *parameter_type_name (enum parameter_type);
const struct parameter *parameter_find (const struct parameter *list, const char *name);
const struct parameter *parameter_bare (const struct parameter *list); /* or NULL */

int arguments_init (struct arguments *, const struct parameter *list); /* 0 or -ENOMEM */
void arguments_clear (struct arguments *);

/* Give NAME its value as text, or as a value of its type (SOURCE is copied, a device
 * referenced).  OWNER names whose parameter it is, for the sentence.  0 or -errno. */
int arguments_give (struct arguments *, const char *owner, const char *name, const char *text,
                    struct error *);
int arguments_give_value (struct arguments *, const char *owner, const char *name,
                          const struct value *source, struct error *);

/* Nothing more will be given: fill in fallbacks, complain of what is missing. */
int arguments_complete (struct arguments *, const char *owner, struct error *);

/* What was given for NAME, which must be a row (asserted). */
const struct value *arguments_get (const struct arguments *, const char *name);

/* The lines of --help, aligned, to a stdio stream's text: malloc'ed, NULL out of memory. */
char *parameters_help (const struct parameter *list);

#endif
