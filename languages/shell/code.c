/* SPDX-License-Identifier: BSD-3-Clause */
/* code.c: subshells that find the shell's code where it is.
 *
 * When a process forks, the kernel copies the page table of those mappings only that have
 * pages of their own.  Code has none: a subshell faults it in again, and of its faults every
 * third is for that of the C library.  A byte of it that is written over with itself, which
 * debuggers do to set a breakpoint, gives the mapping such a page.  Where that is forbidden
 * the subshells are merely slower. */
#include "process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where the largest mapping of code begins; 0: none is known. */
static off_t code_of (const struct child *c) {
    uint64_t start, end, largest = 0, length = 0;
    char path[64], line[256], rights[5];
    FILE *maps;

    snprintf (path, sizeof path, "/proc/%jd/maps", (intmax_t) c->pid);
    if (!(maps = fopen (path, "re")))
        return 0;
    while (fgets (line, sizeof line, maps))
        if (sscanf (line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, rights) == 3 &&
            strcmp (rights, "r-xp") == 0 && end - start > length) {
            largest = start;
            length = end - start;
        }
    fclose (maps);
    return (off_t) largest;
}

void code_keep (const struct child *c) {
    off_t code = code_of (c);
    char path[64], byte;
    int fd;

    snprintf (path, sizeof path, "/proc/%jd/mem", (intmax_t) c->pid);
    if (code == 0 || (fd = open (path, O_RDWR | O_CLOEXEC)) < 0)
        return;
    if (pread (fd, &byte, 1, code) == 1)
        (void) !pwrite (fd, &byte, 1, code);
    close (fd);
}
