/* SPDX-License-Identifier: BSD-3-Clause */
/* repl.h: one prompt: the script that it lives in, what is typed, and its end.
 *
 *     repl ─ host, pool          of its own; servers that it starts have others
 *       ├ plugin                 the script, or the empty one
 *       └ servers ─▶ served      started by serve(), until they are stopped
 *
 * All of it on one thread, the prompt's; only what a server does runs elsewhere. */
#ifndef STELE_REPL_H
#define STELE_REPL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../core/host.h"
#include "../core/plugin.h"

struct served;

struct repl {
    struct host host;
    struct plugin *plugin;
    char *script_dir;
    struct served *servers;
    bool is_ready; /* the script has been told that it serves: it is told of the end, too */
};

/* SCRIPT is a path or a built-in's name, NULL for none; WORDS its parameters, up to a NULL.
 * 0 or -errno; repl_close in either case. */
int repl_open (struct repl *, const char *script, char **words, struct error *);

/* Servers are stopped, then the script is forgotten. */
void repl_close (struct repl *);

enum evaluated { EVALUATED, EVALUATED_BADLY, WANTS_MORE };

/* Run what was typed and print its answer to standard output.  WANTS_MORE: it is the
 * beginning of something, and nothing was run; not where it is known to be all (WHOLE). */
enum evaluated repl_evaluate (struct repl *, const char *text, bool whole);

/* Its globals; for repl_open. */
int repl_set_up (struct repl *, struct error *);

/* Set a global string. */
void repl_set (struct repl *, const char *name, const char *value);

/* The i-th way to go on with TEXT (the line up to the cursor), malloc'ed; NULL after the
 * last. */
char *repl_complete (struct repl *, const char *text, int i);

/* Handlers of signals.  Ctrl-C ends what is running; the other the whole prompt, too. */
void repl_interrupt (int signal);
void repl_end (int signal);
bool repl_ending (void);

/* Around what starts threads: what a terminal sends is for the prompt's own thread, since
 * libedit's handlers cannot run on any other. */
void repl_hold_signals (sigset_t *before);
void repl_release_signals (const sigset_t *before);

/* Was that asked for?  For waits, which then raise "interrupted". */
bool repl_interrupted (void);

#endif
