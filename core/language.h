/* SPDX-License-Identifier: BSD-3-Clause */
/* language.h: the other contract: what a language must be able to do.
 *
 * A language is a handful of functions.  It knows rows of callbacks.def, never callbacks
 * by name: the letters of a row's `takes` say what to push, the letter of its `gives`
 * what to fetch.  Primitives reach a script by one generic device type whose constructors
 * are primitives.def.  All functions of one plugin are called on its strand, one at a
 * time, so an adapter needs no lock of its own. */
#ifndef STELE_LANGUAGE_H
#define STELE_LANGUAGE_H

#include "device.h"
#include "exports.h"
#include "params.h"
#include "session.h"

struct identity;
struct plugin;

enum kind { KIND_LIFE, KIND_FACT, KIND_WORK };

struct callback {
    const char *name;  /* what scripts call it */
    const char *takes; /* letters, see callbacks.def */
    char gives;
    enum kind kind;
    enum work work;  /* of a WORK row */
    enum work other; /* FACT: implied by; WORK: cut by; WORK_none */
    size_t field;    /* FACT: its offset in struct facts */
    const char *doc;
};

enum {
#define LIFE(name, takes, gives, doc) ROW_##name,
#define FACT(name, takes, gives, implied, doc) ROW_##name,
#define WORK(name, takes, gives, cut, doc) ROW_##name,
#include "callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
    ROW_COUNT
};

/* The rows in their order, then one whose name is NULL. */
extern const struct callback callbacks[ROW_COUNT + 1];

enum thread_model {
    SERIALIZE_CONNECTIONS, /* one client at a time */
    SERIALIZE_ALL_REQUESTS,
    SERIALIZE_REQUESTS, /* one request at a time from each client */
    PARALLEL
};

/* "serialize_requests" and the like, '-' or '_'; -1 for a word that is none. */
int thread_model_parse (const char *word);
const char *thread_model_name (enum thread_model);

/* One call of one callback: what goes in by the letters of `takes`, what comes out by
 * `gives`.  Strings that come out are malloc'ed. */
struct call {
    const struct callback *row;
    const struct session *session; /* NULL outside of a connection */
    struct device *device;         /* whose FACT or WORK this is; its state is the opened */
    struct request *request;       /* WORK: c o d m f x, B and x */
    void *handle;                  /* h: what `open` put into out.handle */
    struct device *next;           /* n: of a filter; NULL of a plugin.  Borrowed */
    const char *key, *value;       /* k v */
    bool readonly, tls;            /* r t */
    struct error *error;

    struct {
        bool b;
        uint64_t i;
        char *s;
        char **w;
        enum support e;
        struct block_size z;
        enum thread_model t;
        struct exports *l; /* filled in; the caller's */
        void *handle;      /* D: the adapter's own, kept until `close` is called or closed */
        struct device *device; /* D: a reference, or NULL where only a handle was given */
    } out;
};

/* What a script says of a row. */
enum defined {
    NOT_DEFINED = 0,
    DEFINED = 1,
    DEFINED_AS_PASS = 2, /* WORK: the device below may answer directly, whatever cuts the row */
    DEFINED_PERHAPS = 3, /* only a call tells: it may answer MISSING.  Implies no fact */
};

/* What a call may answer instead of a result. */
enum {
    PASS = LATER + 1,    /* "not mine: hand it on untouched" */
    MISSING = LATER + 2, /* "not defined after all": it is as if the script did not have the row */
};

struct language {
    const char *name;   /* as a plugin's name: `stele lua disk.lua` */
    const char *suffix; /* ".lua": a path that ends so is a script of this language; or NULL */
    const char *doc;
    const char *dump; /* lines for --dump-plugin, said also without a script; or NULL */

    /* The language's own, to be known before a script is read, wherever they stand on the
     * command line; `load` finds them, complete, in plugin->own.  Ends with a row without a
     * name; or NULL. */
    const struct parameter *parameters;

    /* Read the script at plugin->path, declare its parameters (plugin_declare), and leave
     * the adapter's state in plugin->script.  It may hand the plugin over to another language,
     * by setting plugin->language.  0 or -errno, nothing kept. */
    int (*load) (struct plugin *, struct error *);

    /* Does the script define this row?  Asked once, after load. */
    enum defined (*defines) (struct plugin *, const struct callback *);

    /* A typed parameter has its final value: put it where the script finds it. */
    int (*configure) (struct plugin *, const struct parameter *, const struct value *,
                      struct error *);

    /* Call it, on the plugin's strand.  0 or -errno.  A WORK row may also answer PASS (the
     * request is for the device below; the caller sees to it, off the strand), or LATER: it
     * keeps call->device and call->request (not the struct call) until plugin_finish.  A
     * filter's `config` answers PASS for a key that is not its own.  A filter's `open` is
     * called also where the script has none: the handle is then the next device. */
    int (*call) (struct plugin *, struct call *);

    /* The process is about to become somebody else (-u, -g): files of the adapter's own, which
     * are used after that, become theirs.  NULL where there are none. */
    void (*hand_over) (struct plugin *, const struct identity *);

    /* -D NAME.FLAG=N, NAME being the plugin's.  False: it has no such flag.  Or NULL. */
    bool (*debug) (struct plugin *, const char *flag, int value);

    void (*drop) (struct plugin *, void *handle); /* after `close`, or instead; NULL is fine */
    void (*close) (struct plugin *);              /* forget the script */

    void (*enter) (void *plugin), (*leave) (void *plugin); /* around a batch; or NULL */
    bool strand;         /* one call at a time, whatever the script's thread model */
    bool may_block;      /* a call of WORK may wait for something outside of the server */
    unsigned tries;      /* set of 1 << WORK: in parallel it heeds request.at_once (device.h) */
    bool scriptless;     /* its parameters are the script: it is loaded without one */
    bool first_is_script; /* where bare words have no name, the first parameter is script= */
    bool standard_input; /* the path "-" means a script on standard input */
};

/* The languages, in the order of their rows; ends with NULL. */
extern const struct language *const languages[];

#endif
