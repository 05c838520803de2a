/* SPDX-License-Identifier: BSD-3-Clause */
/* request_header.c: what a request says, and whether it may.  A row of the table is a
 * command: the flags it can carry, and what must have been advertised for it. */
#include "request_header.h"

#include <errno.h>

#include "connection.h"
#include "nbd.h"

static const struct kind {
    const char *name; /* NULL: there is no such command */
    enum work work;
    uint16_t flags;      /* that it can carry; FUA goes with all, if it was advertised */
    uint16_t advertised; /* the transmission flag without which it must not be sent */
    bool writes;
    bool has_data; /* as many bytes as its length go over the wire */
} kinds[] = {
    [NBD_CMD_READ] = {.name = "READ",
                      .work = WORK_pread,
                      .flags = NBD_CMD_FLAG_DF,
                      .has_data = true},
    [NBD_CMD_WRITE] = {.name = "WRITE",
                       .work = WORK_pwrite,
                       .flags = NBD_CMD_FLAG_PAYLOAD_LEN,
                       .writes = true,
                       .has_data = true},
    [NBD_CMD_DISC] = {.name = "DISC", .work = WORK_none},
    [NBD_CMD_FLUSH] = {.name = "FLUSH", .work = WORK_flush, .advertised = NBD_FLAG_SEND_FLUSH},
    [NBD_CMD_TRIM] = {.name = "TRIM",
                      .work = WORK_trim,
                      .advertised = NBD_FLAG_SEND_TRIM,
                      .writes = true},
    [NBD_CMD_CACHE] = {.name = "CACHE", .work = WORK_cache, .advertised = NBD_FLAG_SEND_CACHE},
    [NBD_CMD_WRITE_ZEROES] = {.name = "WRITE_ZEROES",
                              .work = WORK_zero,
                              .flags = NBD_CMD_FLAG_NO_HOLE | NBD_CMD_FLAG_FAST_ZERO,
                              .advertised = NBD_FLAG_SEND_WRITE_ZEROES,
                              .writes = true},
    [NBD_CMD_BLOCK_STATUS] = {.name = "BLOCK_STATUS",
                              .work = WORK_extents,
                              .flags = NBD_CMD_FLAG_REQ_ONE | NBD_CMD_FLAG_PAYLOAD_LEN},
};

/* Which flag of a command depends on which one of the transmission. */
static const struct {
    uint16_t flag, advertised;
} conditions[] = {
    {NBD_CMD_FLAG_FUA, NBD_FLAG_SEND_FUA},
    {NBD_CMD_FLAG_DF, NBD_FLAG_SEND_DF},
    {NBD_CMD_FLAG_FAST_ZERO, NBD_FLAG_SEND_FAST_ZERO},
};

static const struct {
    uint16_t flag;
    uint32_t request;
} request_flags[] = {
    {NBD_CMD_FLAG_FUA, REQUEST_FUA},
    {NBD_CMD_FLAG_REQ_ONE, REQUEST_REQ_ONE},
    {NBD_CMD_FLAG_FAST_ZERO, REQUEST_FAST_ZERO},
};

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

bool header_parse (struct header *h, const uint8_t *bytes, bool is_extended) {
    *h = (struct header){.magic = load32 (bytes),
                         .flags = load16 (bytes + 4),
                         .type = load16 (bytes + 6),
                         .cookie = load64 (bytes + 8),
                         .offset = load64 (bytes + 16)};
    h->length = is_extended ? load64 (bytes + 24) : load32 (bytes + 24);
    if (is_extended ? h->flags & NBD_CMD_FLAG_PAYLOAD_LEN : h->type == NBD_CMD_WRITE)
        h->payload = h->length;
    return h->magic == (is_extended ? NBD_EXTENDED_REQUEST_MAGIC : NBD_REQUEST_MAGIC);
}

static int check_flags (const struct header *h, const struct kind *kind,
                        const struct connection *c, struct error *e) {
    uint16_t known = kind->flags | NBD_CMD_FLAG_FUA;

    for (size_t i = 0; i < COUNT (conditions); i++)
        if (!(c->flags & conditions[i].advertised))
            known &= (uint16_t) ~conditions[i].flag;
    if (c->style != REPLY_EXTENDED ||
        (h->type == NBD_CMD_BLOCK_STATUS && !(c->flags & NBD_FLAG_BLOCK_STAT_PAYLOAD)))
        known &= (uint16_t) ~NBD_CMD_FLAG_PAYLOAD_LEN;
    if (h->flags & ~known)
        return error_set (e, EINVAL, "%s: flags %#x do not apply", kind->name,
                          h->flags & ~known);
    if (h->type == NBD_CMD_WRITE && c->style == REPLY_EXTENDED && !h->payload && h->length)
        return error_set (e, EINVAL, "WRITE: it has no payload");
    return 0;
}

static int check_length (const struct header *h, const struct kind *kind,
                         const struct connection *c, struct error *e) {
    if (kind->has_data && h->length > REQUEST_COUNT_MAX)
        return error_set (
            e, h->type == NBD_CMD_READ && c->style != REPLY_SIMPLE ? EOVERFLOW : EINVAL,
            "%s: %ju bytes are more than %d at once", kind->name, (uintmax_t) h->length,
            REQUEST_COUNT_MAX);
    if (h->type == NBD_CMD_FLUSH && (h->offset || h->length))
        return error_set (e, EINVAL, "FLUSH: it has a range");
    if (h->type == NBD_CMD_BLOCK_STATUS && !h->length)
        return error_set (e, EINVAL, "BLOCK_STATUS: no bytes are asked about");
    return 0;
}

int header_check (const struct header *h, const struct connection *c, struct error *e) {
    const struct kind *kind = h->type < COUNT (kinds) ? &kinds[h->type] : NULL;
    int r;

    if (c->is_finishing)
        return error_set (e, ESHUTDOWN, "the server is shutting down");
    if (!kind || kind->work == WORK_none)
        return error_set (e, EINVAL, "command %u is not known here", h->type);
    if (kind->writes && c->flags & NBD_FLAG_READ_ONLY)
        return error_set (e, EPERM, "%s: the export is read-only", kind->name);
    if ((r = check_flags (h, kind, c, e)) < 0 || (r = check_length (h, kind, c, e)) < 0)
        return r;
    if (kind->advertised && !(c->flags & kind->advertised))
        return error_set (e, EINVAL, "%s: the export does not offer it", kind->name);
    if (h->type == NBD_CMD_BLOCK_STATUS && c->contexts.n == 0)
        return error_set (e, EINVAL, "BLOCK_STATUS: no metadata context was selected");
    return 0;
}

enum work header_work (const struct header *h) {
    return kinds[h->type].work;
}

uint32_t header_request_flags (const struct header *h) {
    uint32_t flags = 0;

    for (size_t i = 0; i < COUNT (request_flags); i++)
        if (h->flags & request_flags[i].flag)
            flags |= request_flags[i].request;
    if (!kinds[h->type].writes) /* allowed everywhere, and without a meaning here */
        flags &= ~(uint32_t) REQUEST_FUA;
    if (h->type == NBD_CMD_WRITE_ZEROES && !(h->flags & NBD_CMD_FLAG_NO_HOLE))
        flags |= REQUEST_MAY_TRIM;
    return flags;
}
