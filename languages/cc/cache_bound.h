/* SPDX-License-Identifier: BSD-3-Clause */
/* cache_bound.h: what does not stay in the folder of objects. */
#ifndef STELE_CC_CACHE_BOUND_H
#define STELE_CC_CACHE_BOUND_H

/* Remove what was not used for the longest time where there is too much, and what others began
 * to write and did not finish. */
void cache_bound (int folder);

#endif
