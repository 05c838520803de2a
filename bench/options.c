/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c: the load generator's command line.
 *
 * A table, read twice: to parse and to print.  Knows nothing of what the options do. */
#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

void die (const char *format, ...) {
    va_list args;

    va_start (args, format);
    fputs ("load: ", stderr);
    vfprintf (stderr, format, args);
    fputc ('\n', stderr);
    exit (1);
}

enum type { FLAG, TEXT, SIZE, REAL };

struct option_row {
    const char *name, *value;
    enum type type;
    size_t field;
    const char *doc;
};

#define FIELD(f) offsetof (struct options, f)

static const struct option_row rows[] = {
    { "unix", "PATH", TEXT, FIELD (unix_path), "the server's socket (required)" },
    { "export", "NAME", TEXT, FIELD (export_name), "export to use (\"\")" },
    { "connections", "N", SIZE, FIELD (connections), "clients at once (1)" },
    { "depth", "N", SIZE, FIELD (depth), "requests in flight on each (1)" },
    { "block", "SIZE", SIZE, FIELD (block), "bytes of a request (4K)" },
    { "op", "OP", TEXT, FIELD (op), "read, write, mix, zero or trim (read)" },
    { "reads", "PERCENT", SIZE, FIELD (reads), "of a mix (50)" },
    { "sequential", NULL, FLAG, FIELD (sequential), "in order, not at random" },
    { "data", "KIND", TEXT, FIELD (data), "to write: random, text (compressible) or zero" },
    { "region", "SIZE", SIZE, FIELD (region), "use only the first SIZE bytes (all)" },
    { "seconds", "S", REAL, FIELD (seconds), "how long (1)" },
    { "count", "N", SIZE, FIELD (count), "how many requests, instead" },
    { "warmup", "S", REAL, FIELD (warmup), "run so long before measuring (0)" },
    { "prefill", NULL, FLAG, FIELD (prefill), "first write the region, 256K at a time" },
    { "structured", NULL, FLAG, FIELD (structured), "agree on structured replies" },
    { "server-pid", "PID", SIZE, FIELD (pid), "report this process's CPU time and memory" },
    { "connect-many", "N", SIZE, FIELD (many), "instead: N clients, each reads once and stays" },
    { "first-reply", NULL, FLAG, FIELD (first_reply),
      "instead: time from starting COMMAND to its first reply" },
    { "repeat", "N", SIZE, FIELD (repeat), "of --first-reply (5)" },
    { "help", NULL, FLAG, FIELD (help), "print this" },
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

void options_print (void) {
    puts ("usage: load --unix PATH [options] [-- COMMAND...]");
    for (int i = 0; i < N_ROWS; i++)
        printf ("  --%-12s %-8s %s\n", rows[i].name, rows[i].value ? rows[i].value : "",
                rows[i].doc);
}

static uint64_t parse_size (const char *name, const char *text) {
    static const char units[] = "KMGT";
    char *end;
    uint64_t n = strtoull (text, &end, 10);
    const char *unit = *end == 0 ? NULL : strchr (units, toupper ((unsigned char) *end));

    if (end == text || (*end != 0 && (unit == NULL || end[1] != 0)))
        die ("--%s: \"%s\" is not a size", name, text);
    return unit == NULL ? n : n << 10 * (unit - units + 1);
}

static void set_option (struct options *o, const struct option_row *row, const char *text) {
    char *field = (char *) o + row->field;

    switch (row->type) {
    case FLAG: *(bool *) field = true; break;
    case TEXT: *(const char **) field = text; break;
    case SIZE: *(uint64_t *) field = parse_size (row->name, text); break;
    case REAL: *(double *) field = strtod (text, NULL); break;
    }
}

char **options_parse (struct options *o, char **argv) {
    while (*++argv != NULL && strncmp (*argv, "--", 2) == 0) {
        const char *name = *argv + 2;
        int i = 0;

        if (*name == 0)
            return argv + 1;
        while (i < N_ROWS && strcmp (rows[i].name, name) != 0)
            i++;
        if (i == N_ROWS)
            die ("unknown option --%s; see --help", name);
        if (rows[i].type != FLAG && *++argv == NULL)
            die ("--%s needs a value", name);
        set_option (o, &rows[i], *argv);
    }
    return argv;
}
