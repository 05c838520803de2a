/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c: `stele repl`: the prompt, or the replay of what was once typed at it. */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../core/log.h"
#include "check.h"
#include "terminal.h"

static const char usage[] =
    "stele repl [SCRIPT [KEY=VALUE ...]]\n"
    "stele repl --check [OPTION ...] FILE ...\n"
    "\n"
    "A Lua prompt at which devices, servers and clients are values; with SCRIPT, inside of it.\n"
    "\n"
    "      --check             replay transcripts; show where the answers differ\n"
    "      --update            replay them, and write the answers that were given\n"
    "      --timeout=SECONDS   end a transcript that takes longer (default 60)\n"
    "      --jobs=N            replay so many at the same time (default: one a processor)\n"
    "      --script=PATH       what the global `script` is in the transcripts\n"
    "      --help              print this\n"
    "\n"
    "The manual page stele-repl(1) says more.\n";

static const struct option options[] = {
    { "check", no_argument, NULL, 'c' },   { "update", no_argument, NULL, 'u' },
    { "timeout", required_argument, NULL, 't' }, { "jobs", required_argument, NULL, 'j' },
    { "script", required_argument, NULL, 's' },  { "help", no_argument, NULL, 'h' },
    { 0 },
};

static int fail (const struct error *error) {
    struct log log = { .program = "stele", .fd = -1 };

    log_failure (&log, NULL, error);
    return EXIT_FAILURE;
}

static int prompt (char **words) {
    struct error error = { 0 };
    struct repl repl;

    int r = repl_open (&repl, words[0], words[0] ? words + 1 : words, &error);
    int status = r < 0 ? fail (&error) : terminal_run (&repl);
    repl_close (&repl);
    return status;
}

/* A number from 1 to a million, or false. */
static bool parse_number (const char *text, unsigned *n) {
    char *end;
    unsigned long value = strtoul (text, &end, 10);

    *n = (unsigned) value;
    return *text >= '0' && *text <= '9' && !*end && value > 0 && value <= 1000000;
}

int main (int argc, char **argv) {
    struct check check = { .timeout_s = 60 };
    struct error error = { 0 };
    int letter, r = 0;

    signal (SIGPIPE, SIG_IGN);
    signal (SIGCHLD, SIG_DFL); /* ignored, by whoever started this, how a child ended is never told */
    while ((letter = getopt_long (argc, argv, "+", options, NULL)) != -1)
        switch (letter) {
        case 'c': check.wanted = true; break;
        case 'u': check.wanted = check.update = true; break;
        case 's': check.script = optarg; break;
        case 't':
            if (!parse_number (optarg, &check.timeout_s))
                r = error_set (&error, 1, "--timeout: '%s' is not a number of seconds", optarg);
            break;
        case 'j':
            if (!parse_number (optarg, &check.jobs))
                r = error_set (&error, 1, "--jobs: '%s' is not a number", optarg);
            break;
        case 'h': fputs (usage, stdout); return EXIT_SUCCESS;
        default: fprintf (stderr, "Try 'stele repl --help'.\n"); return EXIT_FAILURE;
        }
    if (r == 0 && check.wanted && optind == argc)
        r = error_set (&error, 1, "--check: which transcripts?");
    if (r < 0)
        return fail (&error);
    return check.wanted ? check_run (&check, argv + optind) : prompt (argv + optind);
}
