/* SPDX-License-Identifier: BSD-3-Clause */
/* terminal.c: reading what is typed, line by line, until it is whole.
 *
 * On a terminal libedit gives editing, a history that is kept, and completion of names.
 * Elsewhere, and where the program was built without libedit, lines are read as they are. */
#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ctrl-C while a line is typed: forget it and all lines before it. */
static volatile sig_atomic_t dropped;

static void drop (int number) {
    (void) number;
    dropped = 1;
}

/* A read is not begun again after it, so the input seems to end. */
static void end_read_on (int number, void (*handler) (int)) {
    struct sigaction action = { .sa_handler = handler };

    sigemptyset (&action.sa_mask);
    sigaction (number, &action, NULL);
}

static char *plain_line (const char *prompt) {
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline (&line, &room, stdin);

    (void) prompt;
    if (n < 0) {
        free (line);
        return NULL;
    }
    if (n > 0 && line[n - 1] == '\n')
        line[n - 1] = '\0';
    return line;
}

#ifdef HAVE_LIBEDIT
#include <editline/readline.h>

enum { HISTORY_MAX = 1000 };

/* libedit's hooks are given nothing of ours. */
static struct repl *repl_here;

static char *complete (const char *word, int i) {
    (void) word;
    char *line = strndup (rl_line_buffer, (size_t) rl_point);
    char *name = line ? repl_complete (repl_here, line, i) : NULL;

    free (line);
    return name;
}

static char **complete_word (const char *word, int start, int end) {
    (void) start, (void) end;
    rl_attempted_completion_over = 1; /* not names of files */
    rl_completion_append_character = '\0';
    return rl_completion_matches (word, complete);
}

/* $XDG_STATE_HOME/stele/history, its folder made; malloc'ed, NULL for nowhere. */
static char *history_path (void) {
    const char *state = getenv ("XDG_STATE_HOME"), *home = getenv ("HOME");
    char *path = NULL;
    int n = -1;

    if (state && *state == '/')
        n = asprintf (&path, "%s/stele/history", state);
    else if (home && *home == '/')
        n = asprintf (&path, "%s/.local/state/stele/history", home);
    if (n < 0)
        return NULL;
    for (char *slash = strchr (path + 1, '/'); slash; slash = strchr (slash + 1, '/')) {
        *slash = '\0';
        mkdir (path, 0700);
        *slash = '/';
    }
    return path;
}

static char *edit_line (const char *prompt) {
    end_read_on (SIGINT, drop);
    char *line = readline (prompt);

    if (line && *line)
        add_history (line);
    return line;
}

static char *edit_start (struct repl *r) {
    char *path = history_path ();

    repl_here = r;
    rl_readline_name = "stele";
    rl_initialize ();
    using_history ();
    stifle_history (HISTORY_MAX);
    rl_attempted_completion_function = complete_word;
    rl_completer_word_break_characters = (char *) " \t\n\"\\'`@$><=;|&{}()[],+-*/%#^~";
    if (path)
        read_history (path);
    return path;
}

static void edit_finish (char *path) {
    if (path)
        write_history (path);
    free (path);
}
#else
static char *edit_line (const char *prompt) {
    end_read_on (SIGINT, drop);
    fputs (prompt, stdout);
    fflush (stdout);
    char *line = plain_line (prompt);
    if (dropped)
        clearerr (stdin);
    return line;
}

static char *edit_start (struct repl *r) {
    (void) r;
    return NULL;
}

static void edit_finish (char *path) {
    (void) path;
}
#endif

/* Read lines until they are something, and evaluate it.  False: the input has ended. */
static bool answer_one (struct repl *r, char *(*read_line) (const char *prompt)) {
    dropped = 0;
    char *text = read_line ("> ");

    while (text && repl_evaluate (r, text, false) == WANTS_MORE) {
        char *line = read_line (">> "), *more = NULL;
        if (!line) {
            if (!dropped)
                repl_evaluate (r, text, true); /* says what is missing */
            break;
        }
        if (asprintf (&more, "%s\n%s", text, line) < 0)
            more = NULL;
        free (line);
        free (text);
        text = more;
    }
    bool go_on = text || dropped;
    if (dropped)
        putchar ('\n');
    free (text);
    return go_on;
}

int terminal_run (struct repl *r) {
    bool edited = isatty (STDIN_FILENO) && isatty (STDOUT_FILENO);
    char *history = edited ? edit_start (r) : NULL;

    end_read_on (SIGTERM, repl_end);
    end_read_on (SIGHUP, repl_end);
    if (edited)
        printf ("Stele " PACKAGE_VERSION ": stele.ram{size=\"1M\"}, serve{\"memory\", \"64M\"}, "
                "connect(uri); Ctrl-D leaves.\n");
    while (!repl_ending () && answer_one (r, edited ? edit_line : plain_line))
        ;
    if (edited)
        putchar ('\n');
    edit_finish (history);
    return EXIT_SUCCESS;
}
