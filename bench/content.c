/* SPDX-License-Identifier: BSD-3-Clause */
/* content.c: bytes that look like something.
 *
 * Text is words drawn unevenly from a small vocabulary, some that were never seen before,
 * and much that stands a little further up already.  Made once, before anything is
 * measured. */
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "options.h"

static uint32_t scramble (uint64_t *state) {
    *state = *state * UINT64_C (6364136223846793005) + 1442695040888963407;
    return (uint32_t) (*state >> 33);
}

static size_t put_word (char *p, size_t room, uint64_t *state) {
    uint32_t r = scramble (state) % 1000, word = r * r / 1000 * r / 1000;
    uint64_t letters = scramble (state) % 12 == 0 ? scramble (state) : word * 7919 + 1;
    size_t length = 2 + word % 9, n = 0;

    for (; n < length && n + 1 < room; n++)
        p[n] = (char) ('a' + scramble (&letters) % 26);
    p[n] = "    \n\n;(_"[scramble (state) % 9];
    return n + 1;
}

static size_t put_again (char *p, size_t room, size_t back, uint64_t *state) {
    size_t from = 1 + scramble (state) % back, length = 12 + scramble (state) % 40;

    if (length > room)
        length = room;
    for (size_t i = 0; i < length; i++)
        p[i] = p[i - from];
    return length;
}

static void fill_text (char *p, size_t size) {
    uint64_t state = 1;

    for (size_t n = 0; n < size;)
        n += n > 64 && scramble (&state) % 5 < 2
                 ? put_again (p + n, size - n, n < 4000 ? n : 4000, &state)
                 : put_word (p + n, size - n, &state);
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
