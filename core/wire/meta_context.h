/* SPDX-License-Identifier: BSD-3-Clause */
/* meta_context.h: "Metadata querying": which contexts there are, and which are selected. */
#ifndef STELE_META_CONTEXT_H
#define STELE_META_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct contexts;

/* The options LIST_META_CONTEXT and SET_META_CONTEXT. */
void meta_context_list (struct connection *, const uint8_t *data, uint32_t n);
void meta_context_set (struct connection *, const uint8_t *data, uint32_t n);

/* Were any selected for the export that is open? */
bool contexts_apply (const struct connection *);
void contexts_clear (struct contexts *);

#endif
