/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin.c: a script seen as a plugin or a filter, and its life.
 *
 * What is done to a chain is done to each of its plugins, outermost first; opening goes
 * the other way, for a filter is given the device that the next one made.  No callback is
 * named here but those of a plugin's life. */
#include "plugin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugin_find.h"
#include "plugin_life.h"
#include "script_device.h"
#include "strand.h"

int plugin_call_life (struct plugin *p, int row, struct call *call) {
    int r;

    call->row = &callbacks[row];
    if (!p->defines[row])
        return 1;
    if (p->strand)
        strand_lock (p->strand);
    r = p->language->call (p, call);
    if (p->strand)
        strand_leave (p->strand);
    if (r < 0)
        error_set (call->error, -r, "%s: %s failed", p->name, call->row->name);
    return r == MISSING ? 1 : r;
}

/* The same row for each of a chain, until one fails. */
static int call_chain (struct plugin *p, int row, struct error *error) {
    for (; p; p = p->next) {
        int r = plugin_call_life (p, row, &(struct call){.error = error});
        if (r < 0)
            return r;
    }
    return 0;
}

/* For the end of a life, when there is nobody left to tell but the log. */
static void call_chain_last (struct plugin *p, int row) {
    for (; p; p = p->next) {
        struct error error = {0};
        if (plugin_call_life (p, row, &(struct call){.error = &error}) < 0)
            log_failure (&p->host->log, p->name, &error);
    }
}

static int find_magic (struct plugin *p, struct error *error) {
    const struct parameter *bare = parameter_bare (p->parameters);
    struct call call = {.error = error};
    int r;

    if (bare) {
        p->magic = strdup (bare->name);
        return p->magic ? 0 : error_set (error, ENOMEM, "%s: out of memory", p->name);
    }
    r = plugin_call_life (p, ROW_magic_config_key, &call);
    if (r == 0)
        p->magic = call.out.s;
    return r < 0 ? r : 0;
}

static struct parameter no_parameters[] = {{0}};

/* The script's path is known: read it. */
static int load (struct plugin *p, struct error *error) {
    int r = p->own.parameters ? arguments_complete (&p->own, p->name, error) : 0;

    if (r < 0)
        return r;
    p->waits = false;
    if ((r = p->language->load (p, error)) < 0) {
        p->script = NULL;
        return error_set (error, -r, "%s: it cannot be read", p->path);
    }
    for (int row = 0; row < ROW_COUNT; row++)
        p->defines[row] = p->language->defines (p, &callbacks[row]);
    script_device_type (p);
    if (arguments_init (&p->arguments, p->parameters ? p->parameters : no_parameters) < 0)
        return error_set (error, ENOMEM, "%s: out of memory", p->name);
    if ((r = find_magic (p, error)) < 0)
        return r;
    r = plugin_call_life (p, ROW_load, &(struct call){.error = error});
    return r < 0 ? r : 0;
}

void plugin_redefined (struct plugin *p) {
    for (int row = 0; row < ROW_COUNT; row++) {
        enum defined now = p->language->defines (p, &callbacks[row]);
        if (now != p->defines[row]) /* other threads look; write no more than must be */
            p->defines[row] = now;
    }
    script_device_type (p);
}

static void parameters_free (struct parameter *list) {
    for (struct parameter *row = list; row && row->name; row++) {
        free ((char *) row->name);
        free ((char *) row->choices);
        free ((char *) row->fallback);
        free ((char *) row->label);
        free ((char *) row->doc);
    }
    free (list);
}

void plugin_declare (struct plugin *p, struct parameter *list) {
    parameters_free (p->parameters);
    p->parameters = list;
}

static void forget (struct plugin *p) {
    if (p->script)
        p->language->close (p);
    arguments_clear (&p->arguments);
    arguments_clear (&p->own);
    parameters_free (p->parameters);
    strand_free (p->strand);
    free (p->longname);
    free (p->version);
    free (p->description);
    free (p->config_help);
    free (p->magic);
    free (p->name);
    free (p->path);
    free (p);
}

/* A script that is installed as a plugin, for the plugin that reads it. */
static int give_found (struct plugin *p, const char *script, struct error *error) {
    return script ? plugin_config (p, "script", script, error) : 0;
}

struct plugin *plugin_new (struct host *host, const char *name, bool filter,
                           struct error *error) {
    struct plugin *p = calloc (1, sizeof *p);
    struct found found;

    if (!p) {
        error_set (error, ENOMEM, "%s: out of memory", name);
        return NULL;
    }
    *p = (struct plugin){.host = host, .filter = filter, .model = SERIALIZE_ALL_REQUESTS};
    if (plugin_find (host, name, filter, &found, error) < 0) {
        found_clear (&found);
        free (p);
        return NULL;
    }
    p->language = found.language;
    p->may_block = found.language->may_block;
    p->name = found.name;
    p->path = found.path;
    if (!p->path && p->language->scriptless)
        p->path = strdup (p->language->name);
    if (p->language->strand)
        p->strand = strand_new (host->pool, p->language->enter, p->language->leave, p);
    p->waits = p->path && p->language->parameters;
    if ((p->language->strand && !p->strand) ||
        (p->language->parameters && arguments_init (&p->own, p->language->parameters) < 0))
        error_set (error, ENOMEM, "%s: out of memory", name);
    else if (!p->path || p->waits ||
             (load (p, error) == 0 && give_found (p, found.script, error) == 0)) {
        free (found.script);
        return p;
    }
    free (found.script);
    forget (p);
    return NULL;
}

/* Clients are gone, but the script may still be closing their handles, and who closed the
 * last one has yet to leave the strand. */
static void wait_closed (const struct plugin *p) {
    const struct timespec moment = {.tv_nsec = 1000000};

    while (p->opened)
        nanosleep (&moment, NULL);
    if (p->strand) {
        strand_lock (p->strand);
        strand_leave (p->strand);
    }
}

/* From outside inwards: a filter's script may keep what it was opened over until it is
 * forgotten itself, and only then are all devices of the next one closed. */
void plugin_free (struct plugin *p) {
    while (p) {
        struct plugin *next = p->next;
        struct error error = {0};

        wait_closed (p);
        if (p->script && plugin_call_life (p, ROW_unload, &(struct call){.error = &error}) < 0)
            log_failure (&p->host->log, p->name, &error);
        forget (p);
        p = next;
    }
}

static struct plugin *innermost (struct plugin *p) {
    while (p->next)
        p = p->next;
    return p;
}

/* The first bare word, or script=: what the language is to read. */
static int give_script (struct plugin *p, const char *path, struct error *error) {
    bool dash = p->language->standard_input && strcmp (path, "-") == 0;

    if (!(p->path = dash ? strdup (path) : realpath (path, NULL)))
        return error_set (error, errno, "%s: %s", path, strerror (errno));
    return load (p, error);
}

int plugin_prepare (struct plugin *chain, const char *key, const char *value,
                    struct error *error) {
    int r = PASS;

    for (struct plugin *p = chain; p && (r == PASS || r == 0); p = p->next)
        if (parameter_find (p->own.parameters, key))
            r = arguments_give (&p->own, p->name, key, value, error);
    return r;
}

int plugin_read (struct plugin *p, struct error *error) {
    int r = 0;

    for (; p && r == 0; p = p->next)
        if (p->waits)
            r = load (p, error);
    return r;
}

static bool is_prepared (const struct plugin *p, const char *key) {
    while (p && !parameter_find (p->own.parameters, key))
        p = p->next;
    return p != NULL;
}

/* Every parameter of a chain by number, for a near miss. */
static const char *nth_parameter (const void *of, int i) {
    for (const struct plugin *p = of; p; p = p->next) {
        const struct parameter *const lists[] = {p->parameters, p->own.parameters};
        for (int n = 0; n < 2; n++)
            for (const struct parameter *row = lists[n]; row && row->name; row++)
                if (i-- == 0)
                    return row->name;
    }
    return NULL;
}

static int unknown_key (struct plugin *chain, struct plugin *p, const char *key,
                        struct error *error) {
    const char *near = error_near_miss (key, nth_parameter, chain);

    if (near)
        return error_set (error, EINVAL, "%s: unknown parameter '%s': did you mean '%s'?",
                          p->name, key, near);
    return error_set (error, EINVAL, "%s: unknown parameter '%s'", p->name, key);
}

/* 0: it was this one's; PASS: it was not; -errno. */
static int offer (struct plugin *p, const char *key, const char *value, struct error *error) {
    struct call call = {.key = key, .value = value, .error = error};
    int r;

    if (p->parameters && parameter_find (p->parameters, key))
        return arguments_give (&p->arguments, p->name, key, value, error);
    r = plugin_call_life (p, ROW_config, &call);
    return r == 1 ? PASS : r;
}

int plugin_config (struct plugin *chain, const char *key, const char *value,
                   struct error *error) {
    struct plugin *last = innermost (chain);
    int r;

    if (is_prepared (chain, key))
        return 0;
    last->configured = true;
    if (!last->path) {
        if (strcmp (key, "script") == 0)
            return give_script (last, value, error);
        return error_set (error, EINVAL, "%s: the script must be given before '%s'",
                          last->name, key);
    }
    for (struct plugin *p = chain; p; p = p->next)
        if ((r = offer (p, key, value, error)) != PASS)
            return r;
    return unknown_key (chain, last, key, error);
}

int plugin_config_bare (struct plugin *chain, const char *word, struct error *error) {
    struct plugin *p = innermost (chain);
    const char *key = p->magic;

    if (!p->path)
        return give_script (p, word, error);
    if (!key && p->language->first_is_script && !p->configured && p->defines[ROW_config])
        key = "script";
    if (!key)
        return error_set (error, EINVAL, "%s: '%s' is not of the form key=value", p->name,
                          word);
    return plugin_config (chain, key, word, error);
}

static int complete (struct plugin *p, struct error *error) {
    int r;

    if (!p->path)
        return error_set (error, EINVAL, "%s: the script to run must be given", p->name);
    if ((r = arguments_complete (&p->arguments, p->name, error)) < 0)
        return r;
    for (const struct parameter *row = p->arguments.parameters; row->name; row++)
        if ((r = p->language->configure (p, row, arguments_get (&p->arguments, row->name),
                                         error)) < 0)
            return r;
    r = plugin_call_life (p, ROW_config_complete, &(struct call){.error = error});
    return r < 0 ? r : 0;
}

int plugin_choose_model (struct plugin *p, struct error *error) {
    struct call call = {.error = error};
    int r = plugin_call_life (p, ROW_thread_model, &call);

    if (r < 0)
        return r;
    if (r == 0) {
        p->model = call.out.t;
        p->model_given = true;
    }
    p->type.may_take_long = p->may_block && p->model == PARALLEL;
    p->type.tries = p->model == PARALLEL ? p->language->tries : 0;
    if (p->strand || p->model >= SERIALIZE_REQUESTS)
        return 0;
    p->strand = strand_new (p->host->pool, p->language->enter, p->language->leave, p);
    return p->strand ? 0 : error_set (error, ENOMEM, "%s: out of memory", p->name);
}

int plugin_config_complete (struct plugin *chain, struct error *error) {
    for (struct plugin *p = chain; p; p = p->next) {
        int r = complete (p, error);
        if (r == 0)
            r = plugin_choose_model (p, error);
        if (r < 0)
            return r;
    }
    return 0;
}

int plugin_check_serves (const struct plugin *chain, struct error *error) {
    static const int needed[] = {ROW_get_size, ROW_pread};
    const struct plugin *p = chain;

    while (p->next)
        p = p->next;
    for (size_t i = 0; !p->defines[ROW_open] && i < sizeof needed / sizeof needed[0]; i++)
        if (!p->defines[needed[i]])
            return error_set (error, EINVAL, "%s: the script defines neither open nor %s",
                              p->path, callbacks[needed[i]].name);
    return 0;
}

int plugin_get_ready (struct plugin *chain, struct error *error) {
    return call_chain (chain, ROW_get_ready, error);
}

void plugin_hand_over (struct plugin *chain, const struct identity *who) {
    for (struct plugin *p = chain; p; p = p->next)
        if (p->language->hand_over)
            p->language->hand_over (p, who);
}

int plugin_after_fork (struct plugin *chain, struct error *error) {
    return call_chain (chain, ROW_after_fork, error);
}

void plugin_cleanup (struct plugin *chain) {
    wait_closed (chain); /* the outermost: those inwards may be kept by its script */
    call_chain_last (chain, ROW_cleanup);
}

enum thread_model plugin_thread_model (const struct plugin *chain) {
    enum thread_model model = PARALLEL;

    for (const struct plugin *p = chain; p; p = p->next)
        if (p->model < model && (p->model_given || !p->filter))
            model = p->model;
    return model;
}
