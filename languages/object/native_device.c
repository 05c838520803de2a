/* SPDX-License-Identifier: BSD-3-Clause */
/* native_device.c: stele.h's functions about devices.
 *
 * The facts' functions are made from the rows; so are the checks that each WORK has one.
 * Straight calls run a request on the stack and wait; what they fail with becomes the
 * sentence of the callback that asked. */
#include "native.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "../../core/primitives/primitives.h"

#pragma GCC diagnostic error "-Wmissing-prototypes" /* a fact that stele.h lacks */

/* Facts, by the type of their field.  The letter of `gives` would say the same. */

#define LIFE(name, takes, gives, doc)
#define WORK(name, takes, gives, cut, doc)
#define FACT(name, takes, gives, implied, doc)                                                 \
    typeof (stele_device_##name ((const struct stele_device *) 0)) stele_device_##name (       \
        const struct stele_device *d) {                                                        \
        return FACT_AS (device_in (d)->facts.name);                                            \
    }
#define FACT_AS(field)                                                                         \
    _Generic (field,                                                                           \
              struct block_size: block_size_as,                                                \
              char **: words_as,                                                               \
              enum support: support_as,                                                        \
              char *: text_as,                                                                 \
              bool: bool_as,                                                                   \
              uint64_t: size_as) (field)

static struct stele_block_size block_size_as (struct block_size z) {
    return (struct stele_block_size){z.minimum, z.preferred, z.maximum};
}

/* Never NULL: a list without words ends at once. */
static const char *const *words_as (char **words) {
    static const char *const none[] = {NULL};

    return words ? (const char *const *) words : none;
}

_Static_assert((int) STELE_NONE == (int) SUPPORT_NONE &&
                   (int) STELE_EMULATE == (int) SUPPORT_EMULATE &&
                   (int) STELE_NATIVE == (int) SUPPORT_NATIVE,
               "enum stele_support is enum support");

static enum stele_support support_as (enum support e) {
    return (enum stele_support) e;
}

static const char *text_as (char *s) {
    return s;
}

static bool bool_as (bool b) {
    return b;
}

static uint64_t size_as (uint64_t i) {
    return i;
}

#include "../../core/callbacks.def"
#undef LIFE
#undef FACT
#undef WORK

/* Work */

int stele_device_pread (struct stele_device *d, void *data, uint64_t count, uint64_t offset) {
    return device_pread (device_in (d), data, count, offset, native_error ());
}

int stele_device_pwrite (struct stele_device *d, const void *data, uint64_t count,
                         uint64_t offset, uint32_t flags) {
    return device_pwrite (device_in (d), data, count, offset, flags, native_error ());
}

int stele_device_flush (struct stele_device *d) {
    return device_flush (device_in (d), native_error ());
}

int stele_device_trim (struct stele_device *d, uint64_t count, uint64_t offset,
                       uint32_t flags) {
    return device_trim (device_in (d), count, offset, flags, native_error ());
}

int stele_device_zero (struct stele_device *d, uint64_t count, uint64_t offset,
                       uint32_t flags) {
    return device_zero (device_in (d), count, offset, flags, native_error ());
}

int stele_device_cache (struct stele_device *d, uint64_t count, uint64_t offset) {
    return device_cache (device_in (d), count, offset, native_error ());
}

/* A device may tell of a part of the range only; then it is asked again. */
int stele_device_extents (struct stele_device *d, uint64_t count, uint64_t offset,
                          stele_each_extent *each, void *of) {
    uint64_t end;
    int result = 0;

    if (__builtin_add_overflow (offset, count, &end))
        return error_set (native_error (), EINVAL,
                          "extents: %" PRIu64 " bytes from %" PRIu64 " end past 2^64", count,
                          offset);
    while (result == 0 && offset < end) {
        struct extents e;
        extents_init (&e, offset, end - offset, false);
        result = device_extents (device_in (d), &e, native_error ());
        if (result == 0 && e.next == offset)
            result = error_set (native_error (), EIO, "extents: nothing is told from %" PRIu64,
                                offset);
        for (size_t i = 0; result == 0 && i < e.n; i++)
            result = each (of, e.v[i].offset, e.v[i].length, e.v[i].type);
        offset = e.next;
        extents_clear (&e);
    }
    return result < 0 ? result : 0;
}

#define LIFE(name, takes, gives, doc)
#define FACT(name, takes, gives, implied, doc)
#define WORK(name, takes, gives, cut, doc) _Static_assert(sizeof (&stele_device_##name), #name);
#include "../../core/callbacks.def"
#undef LIFE
#undef FACT
#undef WORK

struct stele_device *stele_device_ref (struct stele_device *d) {
    return (struct stele_device *) device_ref (device_in (d));
}

void stele_device_unref (struct stele_device *d) {
    device_unref (device_in (d));
}

/* Constructors */

static const char *primitive_name (const void *of, int i) {
    (void) of;
    return primitives[i].name;
}

static const struct primitive *find_primitive (const char *name, struct error *error) {
    const struct primitive *p = primitive_find (name);
    const char *near = p ? NULL : error_near_miss (name, primitive_name, NULL);

    if (!p)
        error_set (error, EINVAL,
                   near ? "there is no device '%s': did you mean '%s'?"
                        : "there is no device '%s'",
                   name, near);
    return p;
}

/* A number, for a parameter of a type that can be one. */
static bool number_as (enum parameter_type type, uint64_t number, struct value *v) {
    switch (type) {
    case PARAM_size:
    case PARAM_unsigned:
    case PARAM_delay: v->u = number; return true;
    case PARAM_integer: v->i = (int64_t) number; return true;
    case PARAM_boolean: v->b = number != 0; return true;
    default: return false;
    }
}

static int give (struct arguments *a, const struct primitive *p, const struct stele_argument *g,
                 struct error *error) {
    const struct parameter *row = parameter_find (p->parameters, g->name);
    struct value v = {.given = true, .set = true};

    if (g->text || !row)
        return arguments_give (a, p->name, g->name, g->text ? g->text : "", error);
    v.device = device_in (g->device);
    if (row->type == PARAM_device ? !g->device
                                  : g->device || !number_as (row->type, g->number, &v))
        return error_set (error, EINVAL, "%s: the parameter '%s' wants a %s, not a %s", p->name,
                          g->name, parameter_type_name (row->type),
                          g->device ? "device" : "number");
    return arguments_give_value (a, p->name, g->name, &v, error);
}

struct stele_device *stele_construct (const char *name, const struct stele_argument *list) {
    struct object *o = now_object ();
    struct error *error = native_error ();
    const struct primitive *p = o ? find_primitive (name, error) : NULL;
    struct arguments a = {0};
    struct device *d = NULL;
    int r = p ? arguments_init (&a, p->parameters) : -EINVAL;

    if (r == -ENOMEM)
        error_set (error, ENOMEM, "%s: out of memory", name);
    for (; r == 0 && list && list->name; list++)
        r = give (&a, p, list, error);
    if (r == 0)
        d = primitive_open (p, o->plugin->host, &a, error);
    if (p)
        arguments_clear (&a);
    if (!d && o)
        native_tell (o->plugin, now_session (), error);
    return (struct stele_device *) d;
}
