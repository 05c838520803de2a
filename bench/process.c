/* SPDX-License-Identifier: BSD-3-Clause */
/* process.c: looking at a server from outside, by its process id.
 *
 * Never looks while a measurement runs, only before and after it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

uint64_t process_cpu_ns (pid_t pid) {
    clockid_t id;

    return clock_getcpuclockid (pid, &id) == 0 ? clock_read (id) : 0;
}

struct process process_look (pid_t pid) {
    struct process p = { -1, -1 };
    char path[64], line[200];

    snprintf (path, sizeof path, "/proc/%d/status", (int) pid);
    FILE *f = fopen (path, "re");
    if (f == NULL)
        return p;
    while (fgets (line, sizeof line, f) != NULL) {
        sscanf (line, "VmRSS: %ld", &p.rss_kib);
        sscanf (line, "Threads: %ld", &p.threads);
    }
    fclose (f);
    return p;
}

pid_t process_start (char *const argv[]) {
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;

    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
    errno = posix_spawnp (&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy (&actions);
    return errno == 0 ? pid : -1;
}

void process_end (pid_t pid) {
    kill (pid, SIGTERM);
    while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
        ;
}
