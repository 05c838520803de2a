/* SPDX-License-Identifier: BSD-3-Clause */
/* content.c: what is in a file.
 *
 * A file is read to its end whatever its size was said to be: it may be a pipe, and it may
 * grow meanwhile. */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 16 << 10 };

/* Room for more, and for the NUL. */
static bool make_room (struct content *c, size_t *room) {
    if (c->data && c->size + 1 < *room)
        return true;
    if (c->data)
        *room *= 2;
    char *data = realloc (c->data, *room);
    if (data)
        c->data = data;
    return data;
}

static int fail (struct content *c, int number) {
    content_clear (c);
    return -number;
}

int content_read (int fd, size_t most, struct content *c) {
    struct stat status;
    size_t room = FIRST_ROOM;

    if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && (size_t) status.st_size < most)
        room = (size_t) status.st_size + 2; /* so that its end is seen without more room */
    *c = (struct content){0};
    for (;;) {
        if (!make_room (c, &room))
            return fail (c, ENOMEM);
        ssize_t n = read (fd, c->data + c->size, room - c->size - 1);
        if (n < 0 && errno != EINTR)
            return fail (c, errno);
        if (n == 0)
            break;
        if (n > 0 && (c->size += (size_t) n) > most)
            return fail (c, EFBIG);
    }
    c->data[c->size] = '\0';
    return 0;
}

int content_of (int folder, const char *path, size_t most, struct content *c) {
    int fd = openat (folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int r = fd < 0 ? -errno : content_read (fd, most, c);

    if (fd < 0)
        *c = (struct content){0};
    else
        close (fd);
    return r;
}

int content_write (int fd, const void *data, size_t size) {
    while (size > 0) {
        ssize_t n = write (fd, data, size);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            data = (const char *) data + n;
            size -= (size_t) n;
        }
    }
    return 0;
}

void content_clear (struct content *c) {
    free (c->data);
    *c = (struct content){0};
}
