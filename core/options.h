/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h: the command line as data.
 *
 * Parsed once, before anything is opened or loaded; constant afterwards.  Strings point
 * into the command line or are kept in `made`, so they live as long as the options. */
#ifndef STELE_OPTIONS_H
#define STELE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "log.h"
#include "wire/wire.h"

struct strings {
    char **v;
    size_t n, room;
};

/* TEXT is copied; what is kept is returned, NULL when out of memory. */
char *strings_add (struct strings *, const char *text);
void strings_clear (struct strings *);

struct options {
    const char *program; /* "stele", or "nbdkit" where it was started under that name */
    bool as_nbdkit;

    /* Instead of serving. */
    bool help, version, dump_config, dump_plugin, explain, long_options, short_options;

    /* What to serve. */
    const char *plugin;     /* NULL where none was named */
    struct strings filters; /* outermost first */
    struct strings words;   /* parameters and bare words; @FILEs are read in */
    struct strings debug;   /* NAME.FLAG=N */

    /* Where. */
    struct strings sockets; /* -U, made absolute; "-" is a private one */
    const char *port, *address;
    int family; /* AF_UNSPEC, AF_INET, AF_INET6 */
    bool vsock, single;
    const char *selinux_label;

    /* How. */
    struct wire_options wire;
    bool tls_asked, tls_verify_peer;
    const char *tls_certificates, *tls_psk, *tls_priority;
    const char *export_name, *name;
    unsigned threads; /* 0: not said */

    /* As what process. */
    bool foreground, exit_with_parent, swap, print_uri, verbose;
    bool no_controlpath, no_datapath;
    const char *run, *pidfile, *user, *group;
    enum log_to log_to;
    const char *log_path;

    struct strings made;
};

/* 0 or -errno with a sentence; options_clear in either case. */
int options_parse (struct options *, int argc, char **argv, struct error *);
void options_clear (struct options *);

/* Is this KEY=VALUE?  Then where the '=' is, else NULL. */
const char *options_equals (const char *word);

/* For --help, --long-options and --short-options, to standard output. */
void options_print_help (const char *program);
void options_print_long (void);
void options_print_short (void);

#endif
