/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_parse.c: from a parameter's text to its value, as the core reads it.
 *
 * What is understood, and what is said of the rest, is parse.c's; here are the C types that
 * plugins want, and their limits. */
#include <inttypes.h>
#include <limits.h>

#include "../../core/params.h"
#include "helpers.h"

enum { NS_PER_S = 1000000000 };

static int parse_signed_in (const char *what, const char *text, int64_t least, int64_t most,
                            int64_t *value) {
    struct error error = {0};

    if (parse_integer (what, text, value, &error) == 0 && (*value < least || *value > most))
        error_set (&error, ERANGE, "%s: %s is not a number from %" PRId64 " to %" PRId64, what,
                   text, least, most);
    return error.number ? helper_failed (&error) : 0;
}

static int parse_unsigned_in (const char *what, const char *text, uint64_t most,
                              uint64_t *value) {
    struct error error = {0};

    if (parse_unsigned (what, text, value, &error) == 0 && *value > most)
        error_set (&error, ERANGE, "%s: %s is larger than %" PRIu64, what, text, most);
    return error.number ? helper_failed (&error) : 0;
}

#define PARSE_SIGNED(name, type, least, most)                                                  \
    int nbdkit_parse_##name (const char *what, const char *text, type *result) {               \
        int64_t value;                                                                         \
        int r = parse_signed_in (what, text, least, most, &value);                             \
        if (r == 0 && result)                                                                  \
            *result = (type) value;                                                            \
        return r;                                                                              \
    }

#define PARSE_UNSIGNED(name, type, most)                                                       \
    int nbdkit_parse_##name (const char *what, const char *text, type *result) {               \
        uint64_t value;                                                                        \
        int r = parse_unsigned_in (what, text, most, &value);                                  \
        if (r == 0 && result)                                                                  \
            *result = (type) value;                                                            \
        return r;                                                                              \
    }

PARSE_SIGNED (int, int, INT_MIN, INT_MAX)
PARSE_SIGNED (int8_t, int8_t, INT8_MIN, INT8_MAX)
PARSE_SIGNED (int16_t, int16_t, INT16_MIN, INT16_MAX)
PARSE_SIGNED (int32_t, int32_t, INT32_MIN, INT32_MAX)
PARSE_SIGNED (int64_t, int64_t, INT64_MIN, INT64_MAX)
PARSE_UNSIGNED (unsigned, unsigned, UINT_MAX)
PARSE_UNSIGNED (uint8_t, uint8_t, UINT8_MAX)
PARSE_UNSIGNED (uint16_t, uint16_t, UINT16_MAX)
PARSE_UNSIGNED (uint32_t, uint32_t, UINT32_MAX)
PARSE_UNSIGNED (uint64_t, uint64_t, UINT64_MAX)

int nbdkit_parse_probability (const char *what, const char *text, double *result) {
    struct error error = {0};
    double value;

    if (parse_probability (what, text, &value, &error) < 0)
        return helper_failed (&error);
    if (result)
        *result = value;
    return 0;
}

int nbdkit_parse_delay (const char *what, const char *text, unsigned *seconds,
                        unsigned *nanoseconds) {
    struct error error = {0};
    uint64_t ns;

    if (parse_delay (what, text, &ns, &error) == 0 && ns / NS_PER_S > UINT_MAX)
        error_set (&error, ERANGE, "%s: the time %s is too long", what, text);
    if (error.number)
        return helper_failed (&error);
    if (seconds)
        *seconds = (unsigned) (ns / NS_PER_S);
    if (nanoseconds)
        *nanoseconds = (unsigned) (ns % NS_PER_S);
    return 0;
}

int64_t nbdkit_parse_size (const char *text) {
    struct error error = {0};
    uint64_t bytes;

    if (parse_size (helper_subject ("size"), text, &bytes, &error) < 0)
        return helper_failed (&error);
    return (int64_t) bytes;
}

int nbdkit_parse_bool (const char *text) {
    struct error error = {0};
    bool value;

    if (parse_boolean (helper_subject ("boolean"), text, &value, &error) < 0)
        return helper_failed (&error);
    return value;
}

int nbdkit_read_password (const char *value, char **password) {
    const struct host *host = helper_host ();
    struct error error = {0};

    *password = NULL;
    if (parse_password (helper_subject ("password"), value, host && host->stdio_safe, password,
                        &error) < 0)
        return helper_failed (&error);
    return 0;
}
