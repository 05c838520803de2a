/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c: one call of one method, and what its exit status means.
 *
 * The script's own words for a failure are the first line that it wrote to standard error,
 * which may begin with the name of an errno.  Whatever else goes wrong is told here, with
 * the method's name. */
#include "shell.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What an exit status asks for.  Any other is a failure. */
static const struct exit_code {
    bool known, fails;
    bool shutdown;            /* the server is to end */
    bool disconnect, at_once; /* the client is to go */
} exit_codes[] = {
    [0] = {.known = true},
    [4] = {.known = true, .shutdown = true},
    [5] = {.known = true, .shutdown = true, .fails = true},
    [6] = {.known = true, .disconnect = true, .at_once = true, .fails = true},
    [7] = {.known = true, .disconnect = true},
    [8] = {.known = true, .disconnect = true, .fails = true},
};
enum {
    EXIT_MISSING = 2,
    EXIT_FALSE = 3,
    EXIT_CODES = sizeof exit_codes / sizeof exit_codes[0]
};
enum { LAST_ERRNO = 133, MESSAGE_MAX = 400, ERRNO_NAME_MAX = 16 };

/* The fragment or the program, as the command to start. */
static int start_plain (struct shell *s, const struct call *c, struct run *run, const int *fds,
                        struct child *child) {
    char *argv[1 + 3 + WORDS_MAX] = {"/bin/sh"}, **script = argv + 1, name[PATH_MAX];
    int n = 0, r;

    if (s->eval) {
        snprintf (name, sizeof name, "%s/%s", s->folder, run->method);
        script[n++] = "-c";
        script[n++] = (char *) fragment_for (s, c->row); /* argv is merely not declared so */
        script[n++] = name;
    } else {
        script[n++] = s->path;
    }
    for (char *const *word = run->words; *word; word++)
        script[n++] = *word;
    if (s->eval)
        return process_start (child, argv, s->environment, fds, 3);
    r = process_start (child, script, s->environment, fds, 3);
    return r == -ENOEXEC ? process_start (child, argv, s->environment, fds, 3) /* without #! */
                         : r;
}

/* Feed it and listen to it to its end. */
static int attend (struct shell *s, struct run *run, struct ends *ends, struct child *child) {
    int r;

    /* Without one: until it prints no more. */
    ends->end = (int) syscall (SYS_pidfd_open, child->pid, 0);
    r = process_listen (s->plugin->host, run, ends);
    if (r < 0)
        process_kill (child);
    process_reap (child, &run->status);
    return r;
}

int plain_run (struct shell *s, const struct call *c, struct run *run, struct error *error) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    struct ends ends;
    struct child child;
    int r = run->input ? process_pipe (in, 1) : 0;

    if (r == 0)
        r = process_pipe (out, 0);
    if (r == 0)
        r = process_pipe (err, 0);
    if (r == 0)
        r = start_plain (s, c, run, (int[]){in[0], out[1], err[1]}, &child);
    process_close (&in[0]);
    process_close (&out[1]);
    process_close (&err[1]);
    ends = (struct ends){.in = in[1], .out = out[0], .err = err[0], .end = -1};
    if (r < 0)
        error_set (error, EIO, "%s: %s cannot be started: %s", run->method,
                   s->eval ? "/bin/sh" : s->path, strerror (-r));
    else
        r = attend (s, run, &ends, &child);
    process_close (&ends.in);
    process_close (&ends.out);
    process_close (&ends.err);
    process_close (&ends.end);
    return r;
}

/* The errno that the first word names; 0 for none. */
static int errno_named (const char *word, size_t length) {
    char name[ERRNO_NAME_MAX];
    int number;

    if (length == 0 || length >= sizeof name)
        return 0;
    memcpy (name, word, length);
    name[length] = '\0';
    if ((number = error_number (name)))
        return number;
    for (number = 1; number <= LAST_ERRNO; number++) {
        const char *known = strerrorname_np (number);
        if (known && strcasecmp (known, name) == 0)
            return number;
    }
    return 0;
}

/* So much of a line as a message has room for, and no part of a letter. */
static int message_length (const char *line, size_t length) {
    if (length > MESSAGE_MAX)
        for (length = MESSAGE_MAX; length > 0 && (line[length] & 0xc0) == 0x80; length--)
            ;
    return (int) length;
}

/* The script's words for its failure: its first line, without the errno that this may begin
 * with.  False: it said nothing. */
static bool said_why (struct run *run, int *number, const char **text, int *length) {
    const char *line = run->err, *end = memchr (line, '\n', run->err_size), *word;
    int named;

    if (!end)
        end = line + run->err_size;
    for (word = line; word < end && !isspace ((unsigned char) *word) && *word; word++)
        ;
    if ((named = errno_named (line, (size_t) (word - line)))) {
        *number = named;
        line = word;
    }
    while (line < end && isspace ((unsigned char) *line))
        line++;
    run->err_told = (size_t) (end - run->err);
    *text = line;
    *length = message_length (line, (size_t) (end - line));
    return line < end && *line;
}

static int failed (struct run *run, int number, struct error *error) {
    const char *text;
    int length;

    if (said_why (run, &number, &text, &length))
        return error_set (error, number, "%s: %.*s", run->method, length, text);
    if (WIFSIGNALED (run->status))
        return error_set (error, number, "%s: killed by signal %d (%s)", run->method,
                          WTERMSIG (run->status), strsignal (WTERMSIG (run->status)));
    if (WEXITSTATUS (run->status) == EXIT_MISSING)
        return error_set (error, number, "%s: the script has no such method (exit status %d)",
                          run->method, EXIT_MISSING);
    return error_set (error, number, "%s: failed with exit status %d and no word of why",
                      run->method, WEXITSTATUS (run->status));
}

/* It did not come to its end. */
static int cut_short (struct run *run, int r, struct error *error) {
    if (run->no_memory)
        return error_set (error, ENOMEM, "%s: out of memory", run->method);
    if (run->too_much)
        return error_set (error, EIO, "%s: printed more than %zu bytes", run->method,
                          run->out_most);
    if (r == -ESHUTDOWN)
        return error_set (error, ESHUTDOWN,
                          "%s: the server ends and did not wait for the script any longer",
                          run->method);
    return error_set (error, EIO, "%s: %s", run->method, strerror (-r));
}

static int act (struct shell *s, const struct call *c, const struct exit_code *code) {
    struct host *host = s->plugin->host;

    if (code->shutdown && host->shutdown)
        host->shutdown (host);
    if (code->disconnect && c->session && c->session->disconnect)
        c->session->disconnect (c->session, code->at_once);
    return code->fails ? ESHUTDOWN : 0;
}

/* The method is not there, which is remembered; but programs that a script calls may end
 * with 2, too, and a filter hands on whichever requests it likes. */
static int missing (struct shell *s, const struct call *c, struct run *run,
                    struct error *error) {
    const struct method *m = &methods[c->row - callbacks];
    _Atomic enum memory *memory = &s->memory[c->row - callbacks];
    enum memory unknown = UNKNOWN;

    if (s->plugin->filter)
        return MISSING;
    if (m->needed || (m->promised && (*memory == ANSWERED || run->err_size > 0)))
        return failed (run, EIO, error);
    atomic_compare_exchange_strong (memory, &unknown, NOT_THERE);
    return MISSING;
}

static int judge (struct shell *s, const struct call *c, struct run *run, struct error *error) {
    _Atomic enum memory *memory = &s->memory[c->row - callbacks];
    int status = run->status, number;
    const struct exit_code *code;

    if (WIFSIGNALED (status))
        return failed (run, EIO, error);
    status = WEXITSTATUS (status);
    if (status == EXIT_MISSING || (status == 1 && methods[c->row - callbacks].ours))
        return missing (s, c, run, error);
    if (*memory != ANSWERED) /* other threads look: write no more than must be */
        *memory = ANSWERED;
    if (status == EXIT_FALSE && c->row->gives == 'b')
        return SAID_FALSE;
    if (status >= EXIT_CODES || !exit_codes[status].known)
        return failed (run, EIO, error);
    code = &exit_codes[status];
    number = act (s, c, code);
    return number ? failed (run, number, error) : 0;
}

/* The texts are large, and are filled from their beginnings. */
void run_init (struct run *run) {
    memset (run, 0, offsetof (struct run, err));
    run->err_size = run->err_told = 0;
    run->status = 0;
}

/* What came of it, the shell having done what it could. */
static int conclude (struct shell *s, const struct call *c, struct run *run, int r,
                     struct error *error) {
    return r < 0 ? cut_short (run, r, error) : judge (s, c, run, error);
}

int method_start (struct shell *s, struct started *started) {
    struct arguments_text arguments;
    const struct call *c = &started->call;

    if (!s->warm || !c->session || s->memory[c->row - callbacks] != ANSWERED)
        return -EAGAIN;
    arguments_of (&arguments, c);
    started->run.method = c->row->name;
    started->run.words = arguments.words;
    return warm_start (s->warm, started);
}

int method_ended (struct shell *s, struct started *started, int r, struct error *error) {
    return conclude (s, &started->call, &started->run, r, error);
}

int method_run (struct shell *s, const struct call *c, struct run *run, struct error *error) {
    struct arguments_text arguments;
    int r = -EAGAIN;

    if (s->memory[c->row - callbacks] == NOT_THERE)
        return MISSING;
    arguments_of (&arguments, c);
    run->method = c->row->name;
    run->words = arguments.words;
    if (s->warm && c->session)
        r = warm_run (s->warm, run);
    if (r == -EAGAIN)
        r = plain_run (s, c, run, error);
    return conclude (s, c, run, r, error);
}
