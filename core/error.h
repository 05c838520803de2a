/* SPDX-License-Identifier: BSD-3-Clause */
/* error.h: what went wrong, as a number and a sentence.
 *
 * A function that can fail takes a struct error * and returns 0 or -errno; the sentence
 * is made where the thing happened and names it.  The first sentence wins: whoever
 * passes the failure on need not look whether one is there.  Nothing here allocates. */
#ifndef STELE_ERROR_H
#define STELE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct error {
    int number;     /* errno, positive; 0 while nothing has failed */
    char text[500]; /* one sentence, UTF-8, without a newline at the end */
    bool told;      /* the log has this sentence already */
};

/* Keep this number and sentence unless there is one already.  Returns -number, so that
 * `return error_set (e, EINVAL, "...")` is how functions fail.  ERROR may be NULL. */
int error_set (struct error *error, int number, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
int error_vset (struct error *error, int number, const char *format, va_list args)
    __attribute__ ((format (printf, 3, 0)));

/* The number's name ("EIO"), or NULL where errors.def has no row. */
const char *error_name (int number);

/* The number that NAME stands for, in either case; 0 where there is none. */
int error_number (const char *name);

/* What the NBD protocol sends for this errno ("Error values"). */
uint32_t error_wire (int number);

/* The candidate nearest to WORD, for "did you mean"; NULL if none is near.  CANDIDATE (i)
 * gives the i-th name, NULL after the last. */
const char *error_near_miss (const char *word, const char *(*candidate) (const void *of, int i),
                             const void *of);

#endif
