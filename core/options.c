/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c: every option, a row each.
 *
 * A row knows its names, what it takes, how that is parsed and its sentence for --help;
 * getopt_long's tables, --help, --long-options and the near misses are made from the
 * rows.  The names and meanings are those that people's scripts already use.  Options may
 * come after the plugin's name; `--` ends them. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "params.h"
#include "words.h"

enum { NAMES_MAX = 4, LONG_BASE = 256 /* getopt's value of a row; a letter's is itself */ };

struct flag;
typedef int flag_fn (struct options *, const struct flag *, const char *argument,
                     struct error *);

struct flag {
    char letter;                      /* 0 for none */
    const char *names[NAMES_MAX + 1]; /* the first is the usual one; ends with NULL */
    const char *label;                /* what it takes; NULL: nothing */
    flag_fn *parse;
    size_t field; /* in struct options, for those that set one */
    const char *doc;
};

static void *field_of (struct options *o, const struct flag *f) {
    return (char *) o + f->field;
}

static int no_memory (const char *what, struct error *error) {
    return error_set (error, ENOMEM, "--%s: no memory", what);
}

static int set_true (struct options *o, const struct flag *f, const char *a, struct error *e) {
    (void) a;
    (void) e;
    *(bool *) field_of (o, f) = true;
    return 0;
}

static int set_text (struct options *o, const struct flag *f, const char *a, struct error *e) {
    (void) e;
    *(const char **) field_of (o, f) = a;
    return 0;
}

static int add_text (struct options *o, const struct flag *f, const char *a, struct error *e) {
    return strings_add (field_of (o, f), a) ? 0 : no_memory (f->names[0], e);
}

/* The path as it is from every folder; kept in `made`. */
static const char *absolute (struct options *o, const struct flag *f, const char *path,
                             struct error *e) {
    char *folder, *whole = NULL;

    if (*path == '\0') {
        error_set (e, EINVAL, "--%s: the path is empty", f->names[0]);
        return NULL;
    }
    if (*path == '/')
        return path;
    folder = getcwd (NULL, 0);
    if (!folder) {
        error_set (e, errno, "--%s: the current folder: %s", f->names[0], strerror (errno));
        return NULL;
    }
    const char *kept = NULL;
    if (asprintf (&whole, "%s%s%s", folder, folder[1] ? "/" : "", path) >= 0) {
        kept = strings_add (&o->made, whole);
        free (whole);
    }
    free (folder);
    if (!kept)
        no_memory (f->names[0], e);
    return kept;
}

static int set_path (struct options *o, const struct flag *f, const char *a, struct error *e) {
    const char *path = absolute (o, f, a, e);
    *(const char **) field_of (o, f) = path;
    return path ? 0 : -EINVAL;
}

static int set_unix (struct options *o, const struct flag *f, const char *a, struct error *e) {
    const char *path = strcmp (a, "-") == 0 ? a : absolute (o, f, a, e);
    if (!path)
        return -EINVAL;
    return strings_add (&o->sockets, path) ? 0 : no_memory ("unix", e);
}

static int set_ipv4 (struct options *o, const struct flag *f, const char *a, struct error *e) {
    (void) f, (void) a, (void) e;
    o->family = AF_INET;
    return 0;
}

static int set_ipv6 (struct options *o, const struct flag *f, const char *a, struct error *e) {
    (void) f, (void) a, (void) e;
    o->family = AF_INET6;
    return 0;
}

static int set_newstyle (struct options *o, const struct flag *f, const char *a,
                         struct error *e) {
    (void) f, (void) a, (void) e;
    o->wire.oldstyle = false;
    return 0;
}

static int set_threads (struct options *o, const struct flag *f, const char *a,
                        struct error *e) {
    uint64_t n;
    (void) f;
    int r = parse_unsigned ("--threads", a, &n, e);
    if (r == 0 && n > 10000)
        r = error_set (e, EINVAL, "--threads: %s threads are too many", a);
    o->threads = r == 0 ? (unsigned) n : 0;
    return r;
}

static int set_timeout (struct options *o, const struct flag *f, const char *a,
                        struct error *e) {
    (void) f;
    return parse_delay ("--timeout", a, &o->wire.handshake_ns, e);
}

static int set_mask (struct options *o, const struct flag *f, const char *a, struct error *e) {
    uint64_t n;
    (void) f;
    int r = parse_unsigned ("--mask-handshake", a, &n, e);
    if (r == 0)
        o->wire.mask_handshake = (uint16_t) n;
    return r;
}

static int set_log (struct options *o, const struct flag *f, const char *a, struct error *e) {
    static const struct {
        const char *name;
        enum log_to to;
    } places[] = {{"default", LOG_TO_DEFAULT},
                  {"stderr", LOG_TO_STDERR},
                  {"syslog", LOG_TO_SYSLOG},
                  {"null", LOG_TO_NULL}};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp (a, places[i].name) == 0) {
            o->log_to = places[i].to;
            return 0;
        }
    if (*a != '/')
        return error_set (e, EINVAL,
                          "--log: '%s' is none of default, stderr, syslog, null, or a "
                          "path from the root",
                          a);
    (void) f;
    o->log_to = LOG_TO_FILE;
    o->log_path = a;
    return 0;
}

static int set_tls (struct options *o, const struct flag *f, const char *a, struct error *e) {
    static const char *const require[] = {"require", "required", "force"};
    (void) f;
    for (size_t i = 0; i < sizeof require / sizeof require[0]; i++)
        if (strcasecmp (a, require[i]) == 0)
            return error_set (e, ENOTSUP, "--tls=%s: this build of the program has no TLS", a);
    if (parse_boolean ("--tls", a, &o->tls_asked, NULL) < 0)
        return error_set (e, EINVAL, "--tls: '%s' is none of off, on, require", a);
    return 0;
}

/* -D NAME.FLAG=N.  Those of the program itself are understood here; the rest is kept for
 * whoever NAME is. */
static int set_debug (struct options *o, const struct flag *f, const char *a, struct error *e) {
    static const struct {
        const char *name;
        size_t off; /* set where the flag is 0 */
    } known[] = {{"nbdkit.backend.controlpath", offsetof (struct options, no_controlpath)},
                 {"nbdkit.backend.datapath", offsetof (struct options, no_datapath)}};
    const char *equals = strchr (a, '='), *dot = strchr (a, '.');
    int64_t n;

    if (!equals || !dot || dot == a || dot > equals || equals == dot + 1)
        return error_set (e, EINVAL, "--debug: '%s' is not of the form NAME.FLAG=N", a);
    int r = parse_integer (a, equals + 1, &n, e);
    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen (known[i].name) == (size_t) (equals - a) &&
            strncmp (a, known[i].name, (size_t) (equals - a)) == 0)
            *(bool *) ((char *) o + known[i].off) = n == 0;
    return strings_add (field_of (o, f), a) ? 0 : no_memory ("debug", e);
}

#define FIELD(name) offsetof (struct options, name)

/* clang-format off */
static const struct flag flags[] = {
    { 0, { "help" }, NULL, set_true, FIELD (help), "print this, and what PLUGIN and filters take" },
    { 'V', { "version" }, NULL, set_true, FIELD (version), "print the version" },
    { 0, { "dump-config" }, NULL, set_true, FIELD (dump_config),
      "print how the program was built, as key=value" },
    { 0, { "dump-plugin" }, NULL, set_true, FIELD (dump_plugin),
      "print what PLUGIN can do, as key=value" },
    { 0, { "explain" }, NULL, set_true, FIELD (explain), "print what the disk is made of" },
    { 0, { "long-options" }, NULL, set_true, FIELD (long_options), "print the options' names" },
    { 0, { "short-options" }, NULL, set_true, FIELD (short_options), "print the options' letters" },

    { 0, { "filter" }, "FILTER", add_text, FIELD (filters),
      "put FILTER before PLUGIN; may be repeated, the first is nearest to the client" },
    { 'r', { "readonly", "read-only" }, NULL, set_true, FIELD (wire.readonly),
      "let nobody write" },

    { 'U', { "unix" }, "PATH|-", set_unix, 0,
      "listen on a Unix socket; '-' is a private one; may be repeated" },
    { 'p', { "port" }, "PORT", set_text, FIELD (port),
      "listen on this TCP port, 0 for any that is free (default 10809)" },
    { 'i', { "ip-addr", "ipaddr" }, "ADDRESS", set_text, FIELD (address),
      "listen on this address only" },
    { '4', { "ipv4-only" }, NULL, set_ipv4, 0, "no IPv6" },
    { '6', { "ipv6-only" }, NULL, set_ipv6, 0, "no IPv4" },
    { 0, { "vsock" }, NULL, set_true, FIELD (vsock),
      "listen on AF_VSOCK, for virtual machines; --port is its port" },
    { 's', { "single", "stdin" }, NULL, set_true, FIELD (single),
      "serve one client on standard input and output, then end" },
    { 0, { "selinux-label" }, "LABEL", set_text, FIELD (selinux_label),
      "the SELinux label of the sockets" },

    { 0, { "run" }, "COMMAND", set_text, FIELD (run),
      "serve while COMMAND runs; \"$uri\" is where" },
    { 'e', { "exportname", "export-name", "export" }, "NAME", set_text, FIELD (export_name),
      "the export that $uri names" },
    { 0, { "print-uri", "print-url", "show-uri", "show-url" }, NULL, set_true, FIELD (print_uri),
      "print where clients can connect" },

    { 'f', { "foreground", "no-fork" }, NULL, set_true, FIELD (foreground),
      "stay in the foreground" },
    { 'P', { "pidfile", "pid-file" }, "PATH", set_path, FIELD (pidfile),
      "write the process's number there when ready" },
    { 0, { "exit-with-parent" }, NULL, set_true, FIELD (exit_with_parent),
      "end when the process that started this one does" },
    { 'u', { "user" }, "USER", set_text, FIELD (user), "become this user once the sockets are bound" },
    { 'g', { "group" }, "GROUP", set_text, FIELD (group), "become a member of this group alone" },
    { 0, { "swap" }, NULL, set_true, FIELD (swap),
      "lock the program into memory: the disk holds this machine's swap" },
    { 't', { "threads" }, "N", set_threads, 0, "use at most N threads (default 64)" },

    { 'v', { "verbose" }, NULL, set_true, FIELD (verbose), "print what happens, to standard error" },
    { 'D', { "debug" }, "NAME.FLAG=N", set_debug, FIELD (debug),
      "set a debug flag of a plugin, a filter or the server" },
    { 0, { "log" }, "PLACE", set_log, 0,
      "where errors go: stderr, syslog, null, default, or a file from the root" },
    { 0, { "name" }, "NAME", set_text, FIELD (name), "a name for this server in its messages" },

    { 0, { "timeout", "time-out" }, "TIME", set_timeout, 0,
      "drop a client that has not chosen an export by then" },
    { 0, { "keepalive", "keep-alive" }, NULL, set_true, FIELD (wire.keepalive),
      "notice TCP clients that have vanished" },
    { 0, { "tls" }, "off|on|require", set_tls, 0, "encryption; this build has none" },
    { 0, { "tls-certificates" }, "PATH", set_path, FIELD (tls_certificates),
      "the folder of the certificates" },
    { 0, { "tls-psk" }, "PATH", set_path, FIELD (tls_psk), "the file of pre-shared keys" },
    { 0, { "tls-verify-peer" }, NULL, set_true, FIELD (tls_verify_peer),
      "clients need a certificate too" },
    { 0, { "tls-priority" }, "TEXT", set_text, FIELD (tls_priority), "which ciphers may be used" },
    { 'n', { "newstyle", "new-style" }, NULL, set_newstyle, 0, "the usual handshake (default)" },
    { 'o', { "oldstyle", "old-style" }, NULL, set_true, FIELD (wire.oldstyle),
      "the handshake of very old clients" },
    { 0, { "mask-handshake" }, "MASK", set_mask, 0,
      "hide handshake flags, for testing clients" },
    { 0, { "no-sr", "no-structured-replies" }, NULL, set_true, FIELD (wire.no_structured),
      "refuse structured replies, for testing clients" },
    { 0, { "no-mc", "no-meta-contexts" }, NULL, set_true, FIELD (wire.no_meta_contexts),
      "refuse metadata contexts, for testing clients" },
};
/* clang-format on */

enum { FLAGS = sizeof flags / sizeof flags[0] };

/* The i-th of all long names. */
static const char *long_name (const void *of, int i) {
    (void) of;
    for (size_t f = 0; f < FLAGS; f++)
        for (const char *const *name = flags[f].names; *name; name++)
            if (i-- == 0)
                return *name;
    return NULL;
}

/* getopt_long's two tables, of the rows. */
static void make_tables (struct option *longs, char *letters) {
    *letters++ = ':'; /* a missing argument is told apart from an unknown option */
    for (size_t f = 0; f < FLAGS; f++) {
        int takes = flags[f].label ? required_argument : no_argument;
        for (const char *const *name = flags[f].names; *name; name++)
            *longs++ = (struct option){*name, takes, NULL, LONG_BASE + (int) f};
        if (flags[f].letter) {
            *letters++ = flags[f].letter;
            if (flags[f].label)
                *letters++ = ':';
        }
    }
    *longs = (struct option){0};
    *letters = '\0';
}

static const struct flag *flag_of (int value) {
    if (value >= LONG_BASE)
        return &flags[value - LONG_BASE];
    for (size_t f = 0; f < FLAGS; f++)
        if (flags[f].letter == value)
            return &flags[f];
    return NULL;
}

/* No row begins like NAME, or several do. */
static int complain_unknown (const char *name, struct error *error) {
    const char *known, *near;
    int alike = 0;

    for (int i = 0; (known = long_name (NULL, i)) != NULL; i++)
        alike += strncmp (known, name, strlen (name)) == 0;
    if (alike > 1 && *name)
        return error_set (error, EINVAL, "the option '--%s' is short for %d of them", name,
                          alike);
    near = error_near_miss (name, long_name, NULL);
    if (near)
        return error_set (error, EINVAL, "unknown option '--%s': did you mean '--%s'?", name,
                          near);
    return error_set (error, EINVAL, "unknown option '--%s'", name);
}

/* getopt_long was not content: optopt is a letter, a row's value, or 0 for an unknown long
 * name, which is then WORD. */
static int complain (const char *word, int result, struct error *error) {
    const struct flag *f = optopt ? flag_of (optopt) : NULL;
    char name[64];

    if (optopt > 0 && optopt < LONG_BASE)
        snprintf (name, sizeof name, "-%c", optopt);
    else
        snprintf (name, sizeof name, "%.*s", (int) strcspn (word, "="), word);
    if (result == ':')
        return error_set (error, EINVAL, "the option '%s' needs %s", name,
                          f && f->label ? f->label : "a value");
    if (f)
        return error_set (error, EINVAL, "the option '%s' takes no value", name);
    if (optopt)
        return error_set (error, EINVAL, "unknown option '%s'", name);
    return complain_unknown (strncmp (name, "--", 2) == 0 ? name + 2 : name, error);
}

static int parse_flags (struct options *o, int argc, char **argv, struct error *error) {
    struct option longs[FLAGS * NAMES_MAX + 1];
    char letters[FLAGS * 2 + 2];
    int value, r = 0;

    make_tables (longs, letters);
    opterr = 0;
    optind = 0; /* start afresh */
    while (r == 0 && (value = getopt_long (argc, argv, letters, longs, NULL)) != -1) {
        if (value == '?' || value == ':')
            return complain (argv[optind > 1 ? optind - 1 : 1], value, error);
        const struct flag *f = flag_of (value);
        r = f->parse (o, f, optarg, error);
    }
    return r;
}

/* What cannot be had together. */
static int check_together (const struct options *o, struct error *error) {
    const struct {
        bool together;
        const char *what;
    } rows[] = {
        {o->single && o->sockets.n, "--single and --unix"},
        {o->single && o->port, "--single and --port"},
        {o->single && o->vsock, "--single and --vsock"},
        {o->single && o->run, "--single and --run"},
        {o->single && o->dump_plugin, "--single and --dump-plugin"},
        {o->single && o->explain, "--single and --explain"},
        {o->vsock && o->address, "--vsock and --ip-addr"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].together)
            return error_set (error, EINVAL, "%s cannot be used together", rows[i].what);
    return 0;
}

static void name_program (struct options *o, const char *argv0) {
    const char *slash = argv0 ? strrchr (argv0, '/') : NULL;
    const char *base = slash ? slash + 1 : argv0 ? argv0 : "";

    o->as_nbdkit = strcmp (base, "nbdkit") == 0 || strcmp (base, "lt-nbdkit") == 0;
    o->program = o->as_nbdkit ? "nbdkit" : "stele";
}

int options_parse (struct options *o, int argc, char **argv, struct error *error) {
    *o =
        (struct options){.family = AF_UNSPEC, .export_name = "", .wire.mask_handshake = 0xffff};
    name_program (o, argv[0]);
    int r = parse_flags (o, argc, argv, error);
    if (r == 0)
        r = check_together (o, error);
    if (r == 0 && optind < argc)
        o->plugin = argv[optind++];
    for (; r == 0 && optind < argc; optind++)
        r = words_add (&o->words, argv[optind], error);
    if (o->run || o->single || o->exit_with_parent)
        o->foreground = true;
    return r;
}

void options_clear (struct options *o) {
    strings_clear (&o->filters);
    strings_clear (&o->words);
    strings_clear (&o->debug);
    strings_clear (&o->sockets);
    strings_clear (&o->made);
}

const char *options_equals (const char *word) {
    if (!isalpha ((unsigned char) *word))
        return NULL;
    while (isalnum ((unsigned char) *word) || (*word && strchr ("._-", *word)))
        word++;
    return *word == '=' ? word : NULL;
}

void options_print_help (const char *program) {
    enum { COLUMN = 30 };
    printf ("%s [OPTION ...] PLUGIN [[KEY=]VALUE ...]\n\n"
            "Serves a disk over NBD.  PLUGIN is a built-in's name, a language's name or the\n"
            "path of a script; what follows it are its parameters.\n\n",
            program);
    for (size_t f = 0; f < FLAGS; f++) {
        int n = flags[f].letter ? printf ("  -%c, ", flags[f].letter) : printf ("      ");
        n += printf ("--%s%s%s", flags[f].names[0], flags[f].label ? "=" : "",
                     flags[f].label ? flags[f].label : "");
        if (n >= COLUMN)
            n = printf ("\n") - 1;
        printf ("%*s%s\n", COLUMN - n, "", flags[f].doc);
    }
    printf ("\nThe manual page %s(1) says more; `%s PLUGIN --help` prints what PLUGIN takes.\n",
            "stele", program);
}

void options_print_long (void) {
    const char *name;
    for (int i = 0; (name = long_name (NULL, i)) != NULL; i++)
        printf ("--%s\n", name);
}

void options_print_short (void) {
    for (size_t f = 0; f < FLAGS; f++)
        if (flags[f].letter)
            printf ("-%c\n", flags[f].letter);
}
