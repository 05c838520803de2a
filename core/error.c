/* SPDX-License-Identifier: BSD-3-Clause */
/* error.c: numbers, their names, and the first sentence that was said.
 *
 * errors.def is read twice: for the names and for the protocol's values.  A sentence that
 * does not fit is cut, never in the middle of a character.  Nothing allocates, so that
 * the lack of memory can be told too. */
#include "error.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WIRE_EINVAL = 22, WORD_MAX = 63 };

struct row {
    const char *name;
    int number;
    uint32_t wire;
};

static const struct row rows[] = {
#define ERROR(name, value) {#name, name, value},
#include "errors.def"
#undef ERROR
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* Take a character that was cut in two, and a newline, off the end. */
static void trim_end (char *text) {
    size_t n = strlen (text), lead = n;

    while (lead > 0 && ((unsigned char) text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead > 0 && (unsigned char) text[lead - 1] >= 0xc0) {
        unsigned char c = (unsigned char) text[lead - 1];
        size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        if (n - (lead - 1) < whole)
            text[n = lead - 1] = '\0';
    }
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
}

int error_vset (struct error *error, int number, const char *format, va_list args) {
    if (number <= 0)
        number = number < 0 ? -number : EIO;
    if (error && error->number == 0) {
        error->number = number;
        error->told = false;
        if (vsnprintf (error->text, sizeof error->text, format, args) < 0)
            error->text[0] = '\0';
        trim_end (error->text);
    }
    return -number;
}

int error_set (struct error *error, int number, const char *format, ...) {
    va_list args;
    va_start (args, format);
    int r = error_vset (error, number, format, args);
    va_end (args);
    return r;
}

const char *error_name (int number) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number == number)
            return rows[i].name;
    return NULL;
}

int error_number (const char *name) {
    for (size_t i = 0; i < ROWS; i++)
        if (strcasecmp (rows[i].name, name) == 0)
            return rows[i].number;
    return 0;
}

uint32_t error_wire (int number) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number == number)
            return rows[i].wire;
    return WIRE_EINVAL;
}

static unsigned min (unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* How many letters must be changed, added, dropped or swapped with their neighbour to
 * get from A to B, both at most WORD_MAX long. */
static unsigned distance (const char *a, const char *b) {
    unsigned row[3][WORD_MAX + 1]; /* this row of the table and the two before it */
    size_t m = strlen (a), n = strlen (b);

    for (size_t j = 0; j <= n; j++)
        row[0][j] = (unsigned) j;
    for (size_t i = 1; i <= m; i++) {
        unsigned *now = row[i % 3], *before = row[(i - 1) % 3], *earlier = row[(i + 1) % 3];
        now[0] = (unsigned) i;
        for (size_t j = 1; j <= n; j++) {
            now[j] =
                min (min (before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min (now[j], earlier[j - 2] + 1);
        }
    }
    return row[m % 3][n];
}

const char *error_near_miss (const char *word, const char *(*candidate) (const void *of, int i),
                             const void *of) {
    size_t length = strlen (word);
    unsigned best = (unsigned) (length <= 3 ? 1 : length <= 6 ? 2 : 3);
    const char *near = NULL, *name;

    if (length == 0 || length > WORD_MAX)
        return NULL;
    for (int i = 0; (name = candidate (of, i)) != NULL; i++) {
        if (strlen (name) > WORD_MAX || strlen (name) < 2)
            continue;
        unsigned d = distance (word, name);
        if (d < best + (near == NULL) && d < strlen (name)) {
            best = d;
            near = name;
        }
    }
    return near;
}
