/* SPDX-License-Identifier: BSD-3-Clause */
/* callbacks.c: callbacks.def as a table, for whoever walks its rows. */
#include "language.h"

#include <stddef.h>
#include <string.h>

const struct callback callbacks[ROW_COUNT + 1] = {
#define ROW(n, t, g, ...) {.name = #n, .takes = t, .gives = #g[0], __VA_ARGS__}
#define LIFE(name_, takes_, gives_, doc_)                                                      \
    [ROW_##name_] = ROW (name_, takes_, gives_, .kind = KIND_LIFE, .work = WORK_none,          \
                         .other = WORK_none, .doc = doc_),
#define FACT(name_, takes_, gives_, implied_, doc_)                                            \
    [ROW_##name_] = ROW (name_, takes_, gives_, .kind = KIND_FACT, .work = WORK_none,          \
                         .other = WORK_##implied_, .field = offsetof (struct facts, name_),    \
                         .doc = doc_),
#define WORK(name_, takes_, gives_, cut_, doc_)                                                \
    [ROW_##name_] = ROW (name_, takes_, gives_, .kind = KIND_WORK, .work = WORK_##name_,       \
                         .other = WORK_##cut_, .doc = doc_),
#include "callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
#undef ROW
};

static const char *const models[] = {
    [SERIALIZE_CONNECTIONS] = "serialize_connections",
    [SERIALIZE_ALL_REQUESTS] = "serialize_all_requests",
    [SERIALIZE_REQUESTS] = "serialize_requests",
    [PARALLEL] = "parallel",
};

/* Equal, where '-' is as good as '_'. */
static bool same_word (const char *a, const char *b) {
    for (; *a && *b; a++, b++)
        if (*a != *b && !(*a == '-' && *b == '_'))
            return false;
    return *a == *b;
}

int thread_model_parse (const char *word) {
    for (int m = 0; m <= PARALLEL; m++)
        if (same_word (word, models[m]))
            return m;
    return -1;
}

const char *thread_model_name (enum thread_model m) {
    return models[m];
}
