/* SPDX-License-Identifier: BSD-3-Clause */
/* Fuzzes what people type: sizes, numbers, delays, and typed parameters given as text.
 *
 * The first byte chooses the parser; the rest is the text.  Beyond not crashing: what is
 * accepted is within the type's range, and a refusal comes with a sentence. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "params.h"

static const struct parameter parameters[] = {
    {.name = "size", .type = PARAM_size, .bare = true},
    {.name = "unsigned", .type = PARAM_unsigned},
    {.name = "integer", .type = PARAM_integer},
    {.name = "boolean", .type = PARAM_boolean},
    {.name = "string", .type = PARAM_string, .many = true},
    {.name = "choice", .type = PARAM_choice, .choices = "sparse|malloc|zstd"},
    {.name = "delay", .type = PARAM_delay},
    {.name = "probability", .type = PARAM_probability},
    {.name = NULL},
};

/* KEY=VALUE, as on the command line. */
static void give (char *text) {
    struct arguments arguments;
    struct error error = {0};
    char *equals = strchr (text, '=');

    if (!equals)
        return;
    *equals = '\0';
    if (arguments_init (&arguments, parameters) < 0)
        return;
    int r = arguments_give (&arguments, "fuzz", text, equals + 1, &error);
    assert ((r < 0) == (error.text[0] != '\0'));
    if (r == 0)
        arguments_complete (&arguments, "fuzz", &error);
    arguments_clear (&arguments);
}

static void parse (unsigned which, const char *text) {
    struct error error = {0};
    uint64_t u = 0;
    int64_t i = 0;
    bool b;
    double d = 0;
    int r;

    switch (which) {
    case 0:
        r = parse_size ("fuzz", text, &u, &error);
        assert (r < 0 || u <= INT64_MAX);
        break;
    case 1: r = parse_unsigned ("fuzz", text, &u, &error); break;
    case 2: r = parse_integer ("fuzz", text, &i, &error); break;
    case 3: r = parse_boolean ("fuzz", text, &b, &error); break;
    case 4: r = parse_delay ("fuzz", text, &u, &error); break;
    default:
        r = parse_probability ("fuzz", text, &d, &error);
        assert (r < 0 || (isfinite (d) && d >= 0));
        break;
    }
    assert ((r < 0) == (error.text[0] != '\0'));
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    char *text = strndup ((const char *) data + 1, size - 1);
    if (!text)
        return 0;
    if (data[0] % 7 == 6)
        give (text);
    else
        parse (data[0] % 7, text);
    free (text);
    return 0;
}
