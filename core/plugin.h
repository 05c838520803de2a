/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin.h: a script seen as a plugin or a filter, and its life.
 *
 * A chain of plugins stands as on the command line: the outermost filter first, the plugin
 * last.  A client's open walks the chain inwards and comes back with a stack of devices:
 *
 *     chain    filter ─next▶ filter ─next▶ plugin
 *     devices  device ─below▶ device ─below▶ device (─below▶ what the script's open gave)
 */
#ifndef STELE_PLUGIN_H
#define STELE_PLUGIN_H

#include "host.h"
#include "language.h"

struct identity;
struct strand;

/* What --dump-plugin tells of a compiled plugin; of a script it is all 0. */
struct compiled {
    int api_version;
    size_t struct_size;
    enum thread_model model; /* as compiled in; thread_model may be stricter */
    bool errno_is_preserved;
};

struct plugin {
    struct host *host;
    const struct language *language;
    void *script; /* the adapter's */
    char *name;   /* "memory"; what messages say */
    char *path;   /* of the script; NULL until it is known */
    bool filter;
    struct plugin *next; /* inwards; NULL of the plugin itself */
    enum defined defines[ROW_COUNT];
    struct parameter *parameters; /* declared; ends with a row without a name */
    struct arguments arguments;
    struct arguments own; /* what was given to the language itself (language.h: parameters) */
    bool waits;           /* its script is known, and not read before `own` is complete */
    char *longname, *version, *description, *config_help; /* NULL where not given */
    char *magic;                                          /* the bare parameter's name */
    enum thread_model model; /* what the script asked for, before the rest of the chain */
    struct strand *strand;   /* where its calls run; NULL in parallel */
    struct device_type type; /* of the devices that it opens */
    bool model_given;        /* the script chose its thread model */
    bool configured;         /* a parameter was given */
    struct compiled compiled;
    bool may_block;          /* as of its language, unless its `load` knows better */
    _Atomic unsigned opened; /* devices of it that are not closed yet */
};

/* Make a plugin of NAME: a built-in's name, a language's name (the script is then the
 * first bare parameter or script=), or a path.  For a script that is already known its
 * text is read, unless its language has parameters of its own.  NULL with a sentence, with
 * near misses. */
struct plugin *plugin_new (struct host *, const char *name, bool filter, struct error *);
void plugin_free (struct plugin *chain); /* this one and those inwards: unload, forget */

/* For adapters, from load: the script's typed parameters.  The list and its strings are
 * malloc'ed and taken over. */
void plugin_declare (struct plugin *, struct parameter *list);

/* For the prompt, on the plugin's strand: the script may define other rows than before.
 * What it defines now is for the next client; the devices that are open keep their slots,
 * so a WORK that was defined once must stay so. */
void plugin_redefined (struct plugin *);

/* For adapters: finish a WORK call that answered LATER, with 0, -errno or PASS.  On the
 * plugin's strand or off it. */
void plugin_finish (struct device *, struct request *, int result);

/* Before anything else is given to a chain: KEY as a parameter of the languages themselves,
 * for each that has one of that name.  0; PASS: none has; or -errno.  Then read the scripts
 * that were waiting for these.  plugin_config passes over them. */
int plugin_prepare (struct plugin *chain, const char *key, const char *value, struct error *);
int plugin_read (struct plugin *chain, struct error *);

/* The life of a whole chain, outermost first.  0 or -errno with a sentence. */
int plugin_config (struct plugin *chain, const char *key, const char *value, struct error *);
int plugin_config_bare (struct plugin *chain, const char *word, struct error *);
int plugin_config_complete (struct plugin *chain, struct error *);
int plugin_check_serves (const struct plugin *chain, struct error *error); /* could it open? */
int plugin_choose_model (struct plugin *, struct error *); /* of one; config_complete does */
int plugin_get_ready (struct plugin *chain, struct error *);
void plugin_hand_over (struct plugin *chain, const struct identity *); /* before becoming it */
int plugin_after_fork (struct plugin *chain, struct error *);
void plugin_cleanup (struct plugin *chain);

/* What may run at the same time, the strictest of the chain. */
enum thread_model plugin_thread_model (const struct plugin *chain);

int plugin_preconnect (struct plugin *chain, const struct session *, struct error *);
int plugin_list_exports (struct plugin *chain, const struct session *, struct exports *,
                         struct error *);
int plugin_default_export (struct plugin *chain, const struct session *, char **name,
                           struct error *);

/* Open the export that the session names; "" is what default_export says.  The devices keep a
 * copy of the session. */
struct device *plugin_open (struct plugin *chain, const struct session *, struct error *);

/* What --dump-plugin, --explain and --help print of it, to standard output.  0 or -errno. */
int plugin_dump (struct plugin *chain, struct error *);
int plugin_explain (struct plugin *chain, struct error *); /* --explain: the plugin's own */
void plugin_help (const struct plugin *chain);

/* The session that a device of a script was opened for; NULL of any other device. */
const struct session *plugin_session (const struct device *);

#endif
