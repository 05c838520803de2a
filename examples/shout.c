/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter in C: all that is read comes in capital letters.  What it does not define (writes,
 * the size, ...) goes past it.  The read goes down as a copy, so that no thread waits for it.
 *
 *     stele --filter=./shout.c file LICENSE --run 'nbdcopy "$uri" - | head -n 1'
 */
#include <ctype.h>
#include <stele.h>

static int shout (struct stele_request *r, struct stele_request *copy, int result, void *of) {
    unsigned char *bytes = r->data;

    for (uint64_t i = 0; result == 0 && i < r->count; i++)
        bytes[i] = toupper (bytes[i]);
    return result;
}

static int shout_pread (void *next, struct stele_request *r) {
    return stele_request_start (stele_request_copy (r), next, shout, NULL);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN, .name = "shout", .filter = true, .pread = shout_pread,
};
