/* SPDX-License-Identifier: BSD-3-Clause */
/* check.c: replaying transcripts, side by side.
 *
 *     this process ── a child for each file: its own prompt, in an empty folder
 *                       └ standard output: a memory file, read after each step
 *
 * A child that takes too long is ended with all that it started, and the line that it had
 * come to is named: it notes each in memory that it shares with this process. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../core/pool.h"
#include "../core/where.h"
#include "replay.h"

static const uint64_t second_ns = 1000000000;
static const char messages_title[] = "and to standard error:\n";

struct job {
    const char *path;
    pid_t pid; /* 0 while it does not run */
    bool started, ended;
    uint64_t start_ns;
    struct stage stage;
};

static int remove_one (const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void) st, (void) kind, (void) ftw;
    return remove (path);
}

/* A fresh folder; malloc'ed. */
static char *make_folder (void) {
    const char *parent = getenv ("TMPDIR");
    char *path;

    if (asprintf (&path, "%s/rXXXXXX", parent && *parent ? parent : "/tmp") < 0)
        return NULL;
    if (mkdtemp (path))
        return path;
    free (path);
    return NULL;
}

static bool job_start (struct job *j, const struct check *check) {
    j->start_ns = pool_clock_ns ();
    j->started = true;
    struct stage *s = &j->stage;
    void *shared = mmap (NULL, sizeof *s->line, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                         -1, 0);
    s->line = shared == MAP_FAILED ? NULL : shared;
    s->report = memfd_create ("report", MFD_CLOEXEC);
    s->messages = memfd_create ("messages", MFD_CLOEXEC);
    s->folder = make_folder ();
    if (!s->line || s->report < 0 || s->messages < 0 || !s->folder)
        return false;
    fflush (stdout);
    j->pid = fork ();
    if (j->pid == 0) {
        setpgid (0, 0);
        exit (replay (check, j->path, s));
    }
    if (j->pid > 0)
        setpgid (j->pid, j->pid); /* whichever of the two is first */
    return j->pid > 0;
}

/* What is in the memory file, after TITLE, if there is anything. */
static void print_file (int fd, const char *title) {
    char buffer[4096];
    ssize_t n;

    for (off_t at = 0; (n = pread (fd, buffer, sizeof buffer, at)) > 0; at += n) {
        if (at == 0)
            fputs (title, stdout);
        fwrite (buffer, 1, (size_t) n, stdout);
    }
}

/* The N-th line of the file, for people; malloc'ed or NULL. */
static char *line_of (const char *path, size_t n) {
    FILE *file = fopen (path, "re");
    char *line = NULL;
    size_t room = 0;

    while (file && n-- > 0)
        if (getline (&line, &room, file) < 0)
            break;
    if (file)
        fclose (file);
    if (line)
        line[strcspn (line, "\n")] = '\0';
    return line;
}

static void print_line (const struct job *j, const char *verdict, const char *note) {
    printf ("%-5s %s  %.1f s%s%s\n", verdict, j->path,
            (double) (pool_clock_ns () - j->start_ns) / 1e9, *note ? "  " : "", note);
}

static void tell_stopped (const struct job *j, const struct check *check) {
    size_t n = *j->stage.line;
    char *line = line_of (j->path, n), *note = NULL;

    if (asprintf (&note, "was stopped after %u s, at line %zu: %s", check->timeout_s, n,
                  line ? line : "") < 0)
        note = NULL;
    print_line (j, "FAIL", note ? note : "was stopped");
    print_file (j->stage.messages, messages_title);
    free (note);
    free (line);
}

/* Has something of what was typed ended the child, whatever it says? */
static bool left_early (const struct job *j, int status) {
    return WIFEXITED (status) && *j->stage.line;
}

/* What is said of a child that ended with STATUS. */
static const char *verdict_of (const struct job *j, int status) {
    if (!WIFEXITED (status) || left_early (j, status))
        return "FAIL";
    return WEXITSTATUS (status) == 0 ? "ok" : WEXITSTATUS (status) == CHECK_SKIPPED ? "skip" : "FAIL";
}

static void tell_ended (const struct job *j, int status) {
    char note[80] = "";

    if (WIFSIGNALED (status))
        snprintf (note, sizeof note, "was killed by signal %d (%s) at line %zu", WTERMSIG (status),
                  strsignal (WTERMSIG (status)), *j->stage.line);
    if (left_early (j, status))
        snprintf (note, sizeof note, "exited with status %d at line %zu", WEXITSTATUS (status),
                  *j->stage.line);
    const char *verdict = verdict_of (j, status);
    print_line (j, verdict, note);
    print_file (j->stage.report, "");
    if (*verdict == 'F')
        print_file (j->stage.messages, messages_title);
}

static void job_clear (struct job *j) {
    struct stage *s = &j->stage;

    if (s->folder)
        nftw (s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free (s->folder);
    if (s->report >= 0)
        close (s->report);
    if (s->messages >= 0)
        close (s->messages);
    if (s->line)
        munmap ((void *) s->line, sizeof *s->line);
}

struct sums {
    unsigned passed, failed, skipped;
};

/* Has it ended, or must it be?  True: it is done with. */
static bool job_look (struct job *j, const struct check *check, struct sums *sums) {
    bool late = pool_clock_ns () - j->start_ns > check->timeout_s * second_ns;
    int status = 0;
    pid_t r = waitpid (j->pid, &status, WNOHANG);

    if (r == 0 && !late)
        return false;
    kill (-j->pid, SIGKILL); /* what it has started, too */
    if (r == 0) {
        waitpid (j->pid, &status, 0);
        tell_stopped (j, check);
        sums->failed++;
    }
    else {
        const char *verdict = verdict_of (j, status);
        tell_ended (j, status);
        *(*verdict == 'o' ? &sums->passed : *verdict == 's' ? &sums->skipped : &sums->failed) += 1;
    }
    fflush (stdout);
    job_clear (j);
    j->ended = true;
    return true;
}

/* Keep JOBS of them running until all have ended. */
static void run_all (struct job *jobs, size_t n, const struct check *check, struct sums *sums) {
    const struct timespec moment = { .tv_nsec = 5000000 };
    unsigned limit = check->jobs ? check->jobs : (unsigned) sysconf (_SC_NPROCESSORS_ONLN);
    size_t running = 0, next = 0;

    while (running > 0 || next < n) {
        while (running < limit && next < n) {
            struct job *j = &jobs[next++];
            if (job_start (j, check)) {
                running++;
                continue;
            }
            print_line (j, "FAIL", strerror (errno));
            sums->failed++;
            job_clear (j);
            j->ended = true;
        }
        for (size_t i = 0; i < next; i++)
            if (!jobs[i].ended && job_look (&jobs[i], check, sums))
                running--;
        nanosleep (&moment, NULL);
    }
}

int check_run (const struct check *check, char **files) {
    size_t n = 0;
    struct sums sums = { 0 };

    while (files[n])
        n++;
    struct job *jobs = calloc (n, sizeof *jobs);
    if (!jobs)
        return EXIT_FAILURE;
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct job){ .path = files[i], .stage = { .report = -1, .messages = -1 } };
    run_all (jobs, n, check, &sums);
    free (jobs);
    if (n > 1)
        printf ("%u passed, %u failed, %u skipped\n", sums.passed, sums.failed, sums.skipped);
    return sums.failed ? EXIT_FAILURE : sums.passed ? EXIT_SUCCESS : CHECK_SKIPPED;
}
