/* SPDX-License-Identifier: BSD-3-Clause */
/* A read takes until there is a file "go"; the file "calls" has when each began and ended. */
#include "native.h"

#include <time.h>
#include <unistd.h>

static const struct stele_parameter parameters[] = {
    {.name = "model",
     .type = "choice",
     .choices = "parallel|serialize_requests|serialize_all_requests|serialize_connections",
     .fallback = "parallel"},
    {.name = NULL},
};

static int thread_model (void) {
    const char *word = stele_parameter_string ("model");

    return strcmp (word, "parallel") == 0                 ? STELE_PARALLEL
           : strcmp (word, "serialize_requests") == 0     ? STELE_SERIALIZE_REQUESTS
           : strcmp (word, "serialize_all_requests") == 0 ? STELE_SERIALIZE_ALL_REQUESTS
                                                          : STELE_SERIALIZE_CONNECTIONS;
}

static int read_slowly (void *handle, struct stele_request *r) {
    const struct timespec moment = {.tv_nsec = 10000000};

    note ("begin %" PRIu64, r->offset);
    while (access ("go", F_OK) < 0)
        nanosleep (&moment, NULL);
    note ("end %" PRIu64, r->offset);
    return pread_x (handle, r);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .may_block = true,
    .parameters = parameters,
    .thread_model = thread_model,
    .get_size = one_megabyte,
    .pread = read_slowly,
};
