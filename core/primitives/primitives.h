/* SPDX-License-Identifier: BSD-3-Clause */
/* primitives.h: the registry of constructors.
 *
 * stele.ram{...} in any language, and anything else that makes a device by name, goes
 * through primitive_open; the rows are primitives.def. */
#ifndef STELE_PRIMITIVES_H
#define STELE_PRIMITIVES_H

#include "../device.h"
#include "../host.h"
#include "../params.h"

/* Make the device.  One reference, the caller's; NULL with a sentence.  Device arguments
 * are borrowed: reference what is kept. */
typedef struct device *primitive_fn (struct host *, const struct arguments *, struct error *);

struct primitive {
    const char *name;
    const char *doc; /* one sentence */
    const struct parameter *parameters;
    primitive_fn *open;
};

#define PRIMITIVE(name, doc, ...) primitive_fn name##_open;
#include "primitives.def"
#undef PRIMITIVE

extern const struct primitive primitives[]; /* ends with a row without a name */

const struct primitive *primitive_find (const char *name); /* or NULL */

/* Complete the arguments and make the device. */
struct device *primitive_open (const struct primitive *, struct host *, struct arguments *,
                               struct error *);

#endif
