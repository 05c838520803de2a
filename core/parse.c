/* SPDX-License-Identifier: BSD-3-Clause */
/* parse.c: from text to a number and back.
 *
 * What is accepted is what the field's servers accept: people's scripts must go on
 * working.  What is refused is told with the name of the thing and what would do. */
#include "params.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The powers of 1024 by their letters: 'k' is the first. */
static const char units[] = "bkmgtpe";

/* The start of a number, past blanks and a plus; NULL where there is none. */
static const char *decimal_start (const char *text) {
    while (isspace ((unsigned char) *text))
        text++;
    if (*text == '+')
        text++;
    return isdigit ((unsigned char) *text) ? text : NULL;
}

/* What a suffix multiplies by; 0 for one that is none. */
static uint64_t size_unit (const char *suffix) {
    if (*suffix == '\0')
        return 1;
    if (suffix[1] != '\0')
        return 0;
    if (*suffix == 's' || *suffix == 'S')
        return 512;
    const char *p = strchr (units, tolower ((unsigned char) *suffix));
    return p ? UINT64_C (1) << (10 * (p - units)) : 0;
}

int parse_size (const char *what, const char *text, uint64_t *bytes, struct error *error) {
    const char *start = decimal_start (text);
    char *end = NULL;
    errno = 0;
    uint64_t n = start ? strtoull (start, &end, 10) : 0;
    uint64_t unit = start ? size_unit (end) : 0;

    if (unit == 0)
        return error_set (
            error, EINVAL,
            "%s: '%s' is not a size: a whole number is wanted, perhaps with one of "
            "k M G T P E (powers of 1024) or s (sectors of 512 bytes)",
            what, text);
    if (errno == ERANGE || n > INT64_MAX / unit)
        return error_set (error, EINVAL, "%s: the size %s is too large", what, text);
    *bytes = n * unit;
    return 0;
}

int parse_unsigned (const char *what, const char *text, uint64_t *value, struct error *error) {
    const char *start = text;
    char *end;

    while (isspace ((unsigned char) *start))
        start++;
    errno = 0;
    uint64_t n = strtoull (start, &end, 0);
    if (*start == '-' || end == start || *end != '\0')
        return error_set (error, EINVAL, "%s: '%s' is not a whole number from 0 up", what,
                          text);
    if (errno == ERANGE)
        return error_set (error, EINVAL, "%s: the number %s is too large", what, text);
    *value = n;
    return 0;
}

int parse_integer (const char *what, const char *text, int64_t *value, struct error *error) {
    char *end;
    errno = 0;
    int64_t n = strtoll (text, &end, 0);

    if (end == text || *end != '\0')
        return error_set (error, EINVAL, "%s: '%s' is not a whole number", what, text);
    if (errno == ERANGE)
        return error_set (error, EINVAL, "%s: the number %s is too %s", what, text,
                          n < 0 ? "small" : "large");
    *value = n;
    return 0;
}

int parse_boolean (const char *what, const char *text, bool *value, struct error *error) {
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        {"1", true},  {"true", true}, {"t", true},  {"yes", true},
        {"y", true},  {"on", true},   {"0", false}, {"false", false},
        {"f", false}, {"no", false},  {"n", false}, {"off", false},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp (text, words[i].word) == 0) {
            *value = words[i].value;
            return 0;
        }
    return error_set (error, EINVAL, "%s: '%s' is neither yes nor no", what, text);
}

/* A finite decimal number that is not negative, and what follows it. */
static bool decimal (const char *text, double *value, const char **rest) {
    char *end;
    *value = strtod (text, &end);
    *rest = end;
    return end != text && isfinite (*value) && *value >= 0 && !signbit (*value) &&
           !strpbrk (text, "xX");
}

int parse_delay (const char *what, const char *text, uint64_t *ns, struct error *error) {
    static const struct {
        const char *suffix;
        double ns;
    } suffixes[] = {
        {"", 1e9},   {"s", 1e9},         {"ms", 1e6},
        {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3}, /* the micro sign, and mu */
        {"ns", 1},
    };
    const char *rest;
    double value;

    if (decimal (text, &value, &rest))
        for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
            if (strcmp (rest, suffixes[i].suffix) != 0)
                continue;
            value = round (value * suffixes[i].ns);
            if (value >= 9e18)
                return error_set (error, EINVAL, "%s: the time %s is too long", what, text);
            *ns = (uint64_t) value;
            return 0;
        }
    return error_set (
        error, EINVAL,
        "%s: '%s' is not a length of time: a number is wanted, perhaps with one of "
        "s ms us ns",
        what, text);
}

int parse_probability (const char *what, const char *text, double *value, struct error *error) {
    const char *rest;
    double n, of = 1;

    if (!decimal (text, &n, &rest))
        goto bad;
    if (*rest == ':' || *rest == '/') {
        if (!decimal (rest + 1, &of, &rest))
            goto bad;
        if (of == 0 && n != 0)
            return error_set (error, EINVAL, "%s: %s divides by zero", what, text);
    } else if (*rest == '%') {
        of = 100;
        rest++;
    }
    if (*rest != '\0')
        goto bad;
    *value = n == 0 ? 0 : n / of;
    if (isfinite (*value))
        return 0;
bad:
    return error_set (error, EINVAL,
                      "%s: '%s' is not a probability: 0.1, 10%%, 1:10 and 1/10 are", what,
                      text);
}

char *format_size (char *buffer, uint64_t bytes) {
    static const char names[] = " kMGTPE";
    unsigned unit = 0;

    while (unit < 6 && bytes >> (10 * (unit + 1)))
        unit++;
    uint64_t one = UINT64_C (1) << (10 * unit);
    if (unit == 0)
        snprintf (buffer, 32, "%" PRIu64, bytes);
    else if (bytes % one == 0)
        snprintf (buffer, 32, "%" PRIu64 "%c", bytes / one, names[unit]);
    else
        snprintf (buffer, 32, "%.1f%c", (double) bytes / (double) one, names[unit]);
    return buffer;
}
