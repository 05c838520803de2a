/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h: what the load generator was asked to do.
 *
 * Each option is a row of a table in options.c; --help prints the rows.  A mistake on the
 * command line ends the program with a sentence. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *unix_path, *export_name, *op, *data;
    uint64_t connections, depth, block, reads, region, count, pid, many, repeat;
    double seconds, warmup;
    bool sequential, structured, prefill, first_reply, help;
};

/* End the program with this sentence. */
void die (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* Overwrites the defaults in OPTIONS; the rest of argv, after the options or "--". */
char **options_parse (struct options *, char **argv);
void options_print (void);

#endif
