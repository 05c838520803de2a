/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c: typing a transcript again, and noting the answers.
 *
 * Standard output is a memory file while it lasts, so that an answer is whatever was
 * printed since the last one, by whomever.  Standard error is another: servers' messages
 * come when they come, and are shown only when something differs. */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "../core/where.h"
#include "repl.h"
#include "shell.h"
#include "transcript.h"

struct replay {
    const struct check *check;
    struct transcript transcript;
    struct repl repl;
    bool open; /* the prompt is there */
    FILE *report;
};

static void set_globals (struct replay *p) {
    static const char *const names[] = { "srcdir", "builddir", "script" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv (names[i]))
            repl_set (&p->repl, names[i], getenv (names[i]));
}

static void close_prompt (struct replay *p) {
    if (p->open)
        repl_close (&p->repl);
    p->open = false;
}

/* The prompt anew, inside of the script that the words begin with, if any. */
static void open_prompt (struct replay *p, char **words) {
    struct error error = { 0 };

    close_prompt (p);
    int r = repl_open (&p->repl, words[0], words[0] ? words + 1 : words, &error);
    p->open = true;
    if (r == 0) {
        set_globals (p);
        return;
    }
    printf ("stele: error: %s\n", error.text);
    close_prompt (p);
}

static void open_prompt_with (struct replay *p, const char *text) {
    wordexp_t words;

    if (wordexp (text, &words, WRDE_NOCMD) != 0) {
        printf ("these are no words: %s\n", text);
        return;
    }
    open_prompt (p, words.we_wordv);
    wordfree (&words);
}

static void run_command (const char *command) {
    int status;
    pid_t pid = shell_start (command, NULL, STDIN_FILENO, STDOUT_FILENO, STDOUT_FILENO);

    if (pid < 0)
        printf ("sh: %s\n", strerror (-pid));
    else
        while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
            ;
}

/* What was printed since the last time; malloc'ed, NULL out of memory.  The file begins anew
 * each time, so that a command which opens /dev/stdout, and empties it, loses nothing else. */
static char *take_answer (void) {
    fflush (stdout);
    off_t n = lseek (STDOUT_FILENO, 0, SEEK_END);
    char *text = calloc (1, (size_t) n + 1);
    ssize_t got = text ? pread (STDOUT_FILENO, text, (size_t) n, 0) : 0;

    for (ssize_t i = 0; i < got; i++)
        if (!text[i])
            text[i] = '?'; /* lines are strings */
    if (ftruncate (STDOUT_FILENO, 0) == 0)
        lseek (STDOUT_FILENO, 0, SEEK_SET);
    return text;
}

static int replay_step (struct replay *p, struct step *s, struct error *error) {
    switch (s->kind) {
    case STEP_PROMPT: open_prompt_with (p, s->text); break;
    case STEP_COMMAND: run_command (s->text); break;
    case STEP_CHUNK:
        if (!p->open)
            open_prompt (p, (char *[]){ NULL });
        if (p->open)
            repl_evaluate (&p->repl, s->text, true);
    }
    s->answer = take_answer ();
    return s->answer ? 0 : error_set (error, ENOMEM, "no memory for the answer at line %zu",
                                      s->line + 1);
}

/* What a transcript may need that is no program: does this build have it? */
static const struct {
    const char *name;
    bool is_here;
} features[] = {
#ifdef HAVE_LIBNBD
    { "libnbd", true },
#else
    { "libnbd", false },
#endif
#ifdef HAVE_LPEG
    { "lpeg", true },
#else
    { "lpeg", false },
#endif
#ifdef HOSTILE
    { "usual-sizes", false },
#else
    { "usual-sizes", true },
#endif
};

/* Is everything there that the transcript names? */
static bool has_needs (struct replay *p) {
    char *name, *command;
    bool all = true;

    for (size_t i = 0; all && (name = transcript_need (&p->transcript, i)); i++) {
        bool is_feature = false;
        for (size_t f = 0; f < sizeof features / sizeof features[0]; f++)
            if (strcmp (name, features[f].name) == 0) {
                is_feature = true;
                all = features[f].is_here;
            }
        int status = -1, n = asprintf (&command, "command -v '%s' >/dev/null", name);
        if (!is_feature) {
            pid_t pid = n < 0 ? -1 : shell_start (command, NULL, 0, 1, 2);
            all = pid > 0 && waitpid (pid, &status, 0) == pid && status == 0;
        }
        if (!all)
            fprintf (p->report, "%s is not installed\n", name);
        if (n >= 0)
            free (command);
        free (name);
    }
    return all;
}

/* NAME=VALUE for the prompt's globals and the commands. */
static void set_environment (const struct replay *p, const char *folder) {
    char *sources = where_scripts (), *program = where_program (), *slash, *path = NULL;
    const char *old = getenv ("PATH");

    if (program && (slash = strrchr (program, '/')))
        *slash = '\0';
    setenv ("srcdir", sources ? sources : "", 1);
    setenv ("builddir", program ? program : "", 1);
    if (p->check->script)
        setenv ("script", p->check->script, 1);
    if (program && asprintf (&path, "%s:%s:/usr/sbin:/sbin", program, old ? old : "/usr/bin:/bin") >= 0)
        setenv ("PATH", path, 1);
    setenv ("HOME", folder, 1);
    setenv ("TMPDIR", folder, 1);
    setenv ("XDG_RUNTIME_DIR", folder, 1);
    free (path);
    free (program);
    free (sources);
}

/* A document's commands are those of somebody in a checkout. */
static void link_checkout (const char *path) {
    static const char *const names[] = { "examples", "plugins", "filters", "README.md", "LICENSE" };
    size_t n = strlen (path);
    char *target;

    if (n >= 5 && strcmp (path + n - 5, ".repl") == 0)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (asprintf (&target, "%s/%s", getenv ("srcdir"), names[i]) >= 0) {
            if (symlink (target, names[i]) < 0)
                fprintf (stderr, "%s: %s\n", names[i], strerror (errno));
            free (target);
        }
    if (asprintf (&target, "%s/stele", getenv ("builddir")) >= 0) {
        if (symlink (target, "stele") < 0)
            fprintf (stderr, "stele: %s\n", strerror (errno));
        free (target);
    }
}

/* From here on standard output and error are memory files, and there is no input.  False:
 * there are none. */
static bool capture (int messages) {
    int out = memfd_create ("out", MFD_CLOEXEC), in = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    bool done = out >= 0 && in >= 0 && dup2 (in, STDIN_FILENO) >= 0 &&
                dup2 (out, STDOUT_FILENO) >= 0 && dup2 (messages, STDERR_FILENO) >= 0;

    if (out > STDERR_FILENO)
        close (out);
    if (in > STDERR_FILENO)
        close (in);
    return done;
}

static int finish (struct replay *p, struct error *error) {
    int status = EXIT_SUCCESS;

    if (p->check->update) {
        if (transcript_update (&p->transcript, error) < 0)
            status = EXIT_FAILURE;
    }
    else if (!transcript_compare (&p->transcript, p->report))
        status = EXIT_FAILURE;
    return status;
}

static int replay_all (struct replay *p, const char *path, const char *name,
                       const struct stage *stage, struct error *error) {
    if (transcript_read (&p->transcript, path, name, error) < 0)
        return EXIT_FAILURE;
    set_environment (p, stage->folder);
    if (!has_needs (p))
        return CHECK_SKIPPED;
    if (chdir (stage->folder) < 0 || !capture (stage->messages)) {
        error_set (error, errno, "%s: %s", stage->folder, strerror (errno));
        return EXIT_FAILURE;
    }
    link_checkout (path);
    for (size_t i = 0; i < p->transcript.steps_n; i++) {
        *stage->line = p->transcript.steps[i].line + 1;
        if (replay_step (p, &p->transcript.steps[i], error) < 0)
            return EXIT_FAILURE;
    }
    *stage->line = p->transcript.n;
    close_prompt (p);
    return finish (p, error);
}

int replay (const struct check *check, const char *path, const struct stage *stage) {
    struct replay p = { .check = check };
    struct error error = { 0 };
    char *whole = realpath (path, NULL); /* it is written when this is in another folder */

    int report = fcntl (stage->report, F_DUPFD_CLOEXEC, 3); /* not for commands and servers */
    p.report = report < 0 ? NULL : fdopen (report, "w");
    if (!p.report)
        return EXIT_FAILURE;
    int status = replay_all (&p, whole ? whole : path, path, stage, &error);
    if (error.number)
        fprintf (p.report, "%s\n", error.text);
    fclose (p.report);
    transcript_clear (&p.transcript);
    free (whole);
    *stage->line = 0;
    return status;
}
