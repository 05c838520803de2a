/* SPDX-License-Identifier: BSD-3-Clause */
/* content.c: bytes that look like something.
 *
 * Text is words drawn unevenly from a small vocabulary, with some that were never seen
 * before.  Made once, before anything is measured. */
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "options.h"

static uint32_t scramble (uint64_t *state) {
    *state = *state * UINT64_C (6364136223846793005) + 1442695040888963407;
    return (uint32_t) (*state >> 33);
}

static void fill_text (char *p, size_t size) {
    uint64_t state = 1;
    size_t n = 0;

    while (n < size) {
        uint32_t r = scramble (&state) % 2000, word = r * r / 2000;
        uint64_t letters = word * 7919 + 1;
        unsigned length = 2 + word % 9;

        if (scramble (&state) % 6 == 0)
            letters = scramble (&state); /* a word that was never seen before */
        for (unsigned i = 0; i < length && n < size; i++)
            p[n++] = (char) ('a' + scramble (&letters) % 26);
        if (n < size)
            p[n++] = " \n;(_"[scramble (&state) % 5];
    }
}

uint8_t *content_new (const char *kind, size_t size) {
    uint8_t *pool = calloc (1, size);
    uint64_t state = 1;

    if (pool == NULL)
        return NULL;
    if (strcmp (kind, "text") == 0)
        fill_text ((char *) pool, size);
    else if (strcmp (kind, "random") == 0)
        for (size_t i = 0; i < size; i++)
            pool[i] = (uint8_t) scramble (&state);
    else if (strcmp (kind, "zero") != 0)
        die ("--data %s: random, text or zero", kind);
    return pool;
}
