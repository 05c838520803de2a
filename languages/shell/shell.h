/* SPDX-License-Identifier: BSD-3-Clause */
/* shell.h: one script that is a program, or a set of fragments of one.
 *
 * Every call of a method is a process: METHOD ARGUMENT... and an exit status.  Where it can
 * be, the process is a subshell of a shell that has read the script already (warm.c), else
 * the script is started (plain).  May be called by many threads at once; what they share
 * never changes once the script is configured, but for what is atomic or has a lock. */
#ifndef STELE_SHELL_SHELL_H
#define STELE_SHELL_SHELL_H

#include <stdatomic.h>

#include "../../core/plugin.h"
#include "process.h"

struct warm;

/* The method a row is, as the field's scripts know it. */
struct method {
    bool known;    /* scripts may have it */
    bool flags;    /* its last argument is a list of flags */
    bool needed;   /* exit status 2 is a failure */
    bool promised; /* it is so once the method has answered, or if it says why */
    bool not_eval; /* it cannot be a parameter of eval */
    bool ours;     /* other servers never ask: a script that fails does not know it */
    bool told;     /* the core tells of its failure, also during a connection */
};

extern const struct method methods[ROW_COUNT];

enum memory { UNKNOWN, ANSWERED, NOT_THERE };

struct shell {
    struct plugin *plugin;
    bool eval;
    char *path;         /* sh: the program */
    char *folder;       /* $tmpdir; removed at the end */
    char **environment; /* with tmpdir= */
    bool configured;
    struct warm *warm;                     /* NULL: every call starts a process */
    _Atomic enum memory memory[ROW_COUNT]; /* what was learnt of each method */
};

/* parameters.c: what is given to the adapter itself.  0 or -ENOMEM. */
int parameters_declare (struct shell *, struct error *);
bool parameter_is_last (const struct parameter *); /* the others have been configured */

/* eval: the fragment that was given for this row, or (fragment_for) for all that are not
 * given.  NULL: none. */
const char *fragment_given (const struct shell *, const struct callback *);
const char *fragment_for (const struct shell *, const struct callback *);

/* program.c: sh: make s->path what is to be run.  0 or -errno. */
int program_find (struct shell *, struct error *);

/* folder.c: $tmpdir */
char *folder_new (void); /* malloc'ed path; NULL with errno */
void folder_remove (const char *path);
void folder_give (const char *path, const struct identity *); /* with all that is in it */

/* arguments.c: what a method is called with, by the letters of its row */
enum { WORDS_MAX = 8 };

struct arguments_text {
    char *words[WORDS_MAX]; /* ends with NULL; most are borrowed */
    char numbers[2][24];
    char flags[32];
};

void arguments_of (struct arguments_text *, const struct call *);

/* The words as a line that the driver of a warm shell (recipe.c) understands; INPUT: there is
 * some.  Malloc'ed; NULL out of memory. */
char *words_format (bool input, char *const *words, size_t *size);

/* run.c: run one method, whichever way, and say what a failure was.  0, -errno, MISSING, or
 * SAID_FALSE.  The caller frees run->out unless it is fixed. */
enum { SAID_FALSE = MISSING + 1 };

void run_init (struct run *);
int method_run (struct shell *, const struct call *, struct run *, struct error *);

/* A call that is answered later, malloc'ed: `ended` is called, from any thread, with what
 * warm_run would have returned. */
struct started {
    struct run run;
    struct call call;
    struct shell *shell;
    void (*ended) (struct started *, int result);
};

/* Start it if that needs no waiting.  LATER, or -EAGAIN: nothing of it has begun.  Then, when it
 * has ended, what it came to, as method_run says it. */
int method_start (struct shell *, struct started *);
int method_ended (struct shell *, struct started *, int result, struct error *);

/* Start the script itself.  0 with run->status, or -errno with a sentence. */
int plain_run (struct shell *, const struct call *, struct run *, struct error *);

/* warm.c: shells that wait for calls.  NULL: this script is none for them. */
struct warm *warm_new (struct shell *);
void warm_free (struct warm *);

/* 0 with run->status, -errno, or -EAGAIN: start the script instead. */
int warm_run (struct warm *, struct run *);
int warm_start (struct warm *, struct started *); /* LATER or -EAGAIN */

/* recipe.c: how a script is run warm: by which shell, and as which functions. */
struct recipe {
    char *shell;       /* "/bin/sh", or a name to look for on PATH */
    char *flags;       /* "-e" from the #! line; or "" */
    char *driver;      /* reads the definitions, then lines (words_format), and runs them */
    char *definitions; /* functions named __stele_... */
    size_t size;       /* of the definitions */
};

/* 0; -ENOTSUP: it cannot; -errno. */
int recipe_make (const struct shell *, struct recipe *);
void recipe_clear (struct recipe *);

/* results.c: what a method printed becomes what its row gives.  0, MISSING or -errno with a
 * sentence. */
int result_take (struct call *, struct run *, struct error *);

#endif
