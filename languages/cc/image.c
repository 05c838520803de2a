/* SPDX-License-Identifier: BSD-3-Clause */
/* image.c: an object in memory that the loader can load as a file.
 *
 * So it does not matter whether programs may be run from the folder of temporary files, and a
 * file that changes while it is loaded is none of our worries.  The loader knows what it has
 * loaded by name: under the number of a descriptor that is used again it would find the object
 * before, if that cannot be unloaded.  So no two paths are the same text: each bit of a counter
 * is a slash or a slash and a dot. */
#include "image.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "content.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

static _Atomic uint32_t images; /* so many were made in this process, as the loader is its */

static void make_path (struct image *image) {
    char *to = stpcpy (image->path, "/proc/self/fd");

    for (uint32_t n = ++images; n > 0; n >>= 1)
        to = stpcpy (to, n & 1 ? "/." : "/");
    sprintf (to, "/%d", image->fd);
}

int image_new (struct image *image, const char *name, const void *object, size_t size) {
    image->fd = memfd_create (name, MFD_CLOEXEC | MFD_EXEC);
    if (image->fd < 0 && errno == EINVAL) /* a kernel that does not ask for this */
        image->fd = memfd_create (name, MFD_CLOEXEC);
    int r = image->fd < 0 ? -errno : content_write (image->fd, object, size);
    if (r < 0)
        image_free (image);
    else
        make_path (image);
    return r;
}

void image_free (struct image *image) {
    if (image->fd >= 0)
        close (image->fd);
    image->fd = -1;
}
