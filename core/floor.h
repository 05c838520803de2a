/* SPDX-License-Identifier: BSD-3-Clause */
/* floor.h: what every device stands on: the fallbacks, in one place.
 *
 * A zero becomes writes of zeroes, FUA a flush, unknown extents "allocated", a prefetch a
 * read that nobody keeps.  No device and no script repeats them.  For device.c only. */
#ifndef STELE_FLOOR_H
#define STELE_FLOOR_H

#include "device.h"

extern work_fn *const floor_work[WORK_COUNT];

work_fn floor_try_zero; /* the type's own zero; where it refuses, writes of zeroes */
work_fn floor_fua;      /* the work without FUA, then a flush */

#endif
