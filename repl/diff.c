/* SPDX-License-Identifier: BSD-3-Clause */
/* diff.c: the cheapest way from the wanted lines to the given ones.
 *
 * cost[i][j] is what it takes to go from the wanted lines from i on to the given lines from
 * j on.  A line `...` costs nothing whatever it swallows.  Lines at the beginning that fit are
 * always part of a cheapest way, so what is right costs no table, however long it is. */
#include "diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 16 << 20 };

static bool is_any (const char *wanted) {
    return strcmp (wanted, "...") == 0;
}

/* Does the line fit, `...` standing for anything?  Between two of these the first place where a
 * piece is found is as good as any later one. */
static bool fits (const char *wanted, const char *given) {
    const char *any = strstr (wanted, "...");
    size_t n = any ? (size_t) (any - wanted) : 0;

    if (!any || strncmp (wanted, given, n) != 0)
        return strcmp (wanted, given) == 0;
    for (given += n, wanted = any + 3; (any = strstr (wanted, "...")); wanted = any + 3) {
        n = (size_t) (any - wanted);
        if (!(given = memmem (given, strlen (given), wanted, n)))
            return false;
        given += n;
    }
    n = strlen (wanted);
    return strlen (given) >= n && strcmp (given + strlen (given) - n, wanted) == 0;
}

static unsigned least (unsigned a, unsigned b) {
    return a < b ? a : b;
}

static void fill (uint16_t *cost, const struct lines *w, const struct lines *g) {
    size_t wide = g->n + 1;

    for (size_t i = w->n + 1; i-- > 0;)
        for (size_t j = g->n + 1; j-- > 0;) {
            unsigned c = UINT16_MAX - 1;
            if (i == w->n && j == g->n)
                c = 0;
            if (i < w->n)
                c = least (c, cost[(i + 1) * wide + j] + (is_any (w->v[i]) ? 0u : 1u));
            if (j < g->n)
                c = least (c, cost[i * wide + j + 1] + (i < w->n && is_any (w->v[i]) ? 0u : 1u));
            if (i < w->n && j < g->n && fits (w->v[i], g->v[j]))
                c = least (c, cost[(i + 1) * wide + j + 1]);
            cost[i * wide + j] = (uint16_t) least (c, UINT16_MAX - 1);
        }
}

static void add (struct diff *d, char how, const char *line) {
    d->v[d->n++] = (struct diff_line){ how, line };
    d->changes += how != ' ';
}

/* Follow the cheapest way; of equals, first what is gone and then what is new. */
static void walk (struct diff *d, const uint16_t *cost, const struct lines *w,
                  const struct lines *g) {
    size_t wide = g->n + 1, i = 0, j = 0;

    while (i < w->n || j < g->n) {
        unsigned now = cost[i * wide + j];
        bool any = i < w->n && is_any (w->v[i]);
        if (i < w->n && j < g->n && !any && fits (w->v[i], g->v[j]) &&
            now == cost[(i + 1) * wide + j + 1]) {
            add (d, ' ', w->v[i++]);
            j++;
        }
        else if (any && now == cost[(i + 1) * wide + j])
            add (d, ' ', w->v[i++]);
        else if (any && j < g->n && now == cost[i * wide + j + 1])
            j++;
        else if (i < w->n && now == cost[(i + 1) * wide + j] + 1u)
            add (d, '-', w->v[i++]);
        else
            add (d, '+', g->v[j++]);
    }
}

bool diff_make (struct diff *d, const struct lines *wanted, const struct lines *given) {
    size_t same = 0;

    *d = (struct diff){ .v = calloc (wanted->n + given->n + 1, sizeof *d->v) };
    if (!d->v)
        return false;
    while (same < wanted->n && same < given->n && !is_any (wanted->v[same]) &&
           fits (wanted->v[same], given->v[same]))
        add (d, ' ', wanted->v[same++]);
    const struct lines w = { wanted->v + same, wanted->n - same };
    const struct lines g = { given->v + same, given->n - same };
    bool fine = w.n + 1 <= CELLS_MAX / (g.n + 1) && w.n + g.n < UINT16_MAX - 1;
    uint16_t *cost = fine ? calloc ((w.n + 1) * (g.n + 1), sizeof *cost) : NULL;
    if (cost) {
        fill (cost, &w, &g);
        walk (d, cost, &w, &g);
    }
    for (size_t i = 0; !fine && i < w.n; i++) /* too much to look for what is common */
        add (d, '-', w.v[i]);
    for (size_t j = 0; !fine && j < g.n; j++)
        add (d, '+', g.v[j]);
    bool done = cost || !fine;
    free (cost);
    return done;
}

void diff_clear (struct diff *d) {
    free (d->v);
}
