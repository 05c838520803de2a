/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.c: the rows of primitives.def as tables.
 *
 * Each row's parameters become a list as params.h has it, so that a constructor's errors,
 * defaults and near misses are those of the command line.  Nothing here knows a
 * primitive by name. */
#include <errno.h>
#include <string.h>

#include "primitives.h"

#define P(name_, type_, ...) {.name = #name_, .type = PARAM_##type_, __VA_ARGS__},
#define PRIMITIVE(name_, doc_, ...)                                                            \
    static const struct parameter name_##_parameters[] = {__VA_ARGS__{.name = NULL}};
#include "primitives.def"
#undef PRIMITIVE
#undef P

const struct primitive primitives[] = {
#define PRIMITIVE(name_, doc_, ...)                                                            \
    {.name = #name_, .doc = doc_, .parameters = name_##_parameters, .open = name_##_open},
#include "primitives.def"
#undef PRIMITIVE
    {.name = NULL},
};

const struct primitive *primitive_find (const char *name) {
    for (const struct primitive *p = primitives; p->name; p++)
        if (strcmp (p->name, name) == 0)
            return p;
    return NULL;
}

struct device *primitive_open (const struct primitive *primitive, struct host *host,
                               struct arguments *arguments, struct error *error) {
    struct device *d;

    if (arguments_complete (arguments, primitive->name, error) < 0)
        return NULL;
    d = primitive->open (host, arguments, error);
    if (!d)
        error_set (error, EINVAL, "%s: it cannot be made", primitive->name);
    return d;
}
