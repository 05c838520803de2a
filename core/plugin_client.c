/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin_client.c: what a client's coming means for a chain of plugins.
 *
 * It is let in, told what there is, and an export is opened for it, from the plugin outwards:
 * a filter is given the device that the next one made.  The empty name is that which
 * default_export says, where somebody defines it, for the scripts as for the client. */
#include "plugin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plugin_life.h"
#include "script_device.h"

static struct call session_call (const struct session *s, struct error *error) {
    return (struct call){.session = s, .readonly = s->readonly, .tls = s->tls, .error = error};
}

int plugin_preconnect (struct plugin *chain, const struct session *s, struct error *error) {
    for (struct plugin *p = chain; p; p = p->next) {
        struct call call = session_call (s, error);
        int r = plugin_call_life (p, ROW_preconnect, &call);
        if (r < 0)
            return r;
    }
    return 0;
}

/* The outermost that has an answer gives it.  -ENOENT: there is none. */
int plugin_default_export (struct plugin *chain, const struct session *s, char **name,
                           struct error *error) {
    for (struct plugin *p = chain; p; p = p->next) {
        struct call call = session_call (s, error);
        int r = plugin_call_life (p, ROW_default_export, &call);
        if (r == 0 && call.out.s) {
            *name = call.out.s;
            return 0;
        }
        if (r <= 0)
            return r < 0 ? r
                         : error_set (error, ENOENT, "%s: there is no default export", p->name);
    }
    *name = strdup ("");
    return *name ? 0 : error_set (error, ENOMEM, "out of memory");
}

/* Where nobody lists any there is the default one, if there is one. */
static int list_default (struct plugin *chain, const struct session *s, struct exports *exports,
                         struct error *error) {
    char *name;
    int r = plugin_default_export (chain, s, &name, NULL);

    if (r < 0)
        return r == -ENOENT ? 0 : error_set (error, -r, "the default export is not known");
    r = exports_add (exports, name, NULL, error);
    free (name);
    return r;
}

int plugin_list_exports (struct plugin *chain, const struct session *s, struct exports *exports,
                         struct error *error) {
    for (struct plugin *p = chain; p; p = p->next) {
        struct call call = session_call (s, error);
        int r;
        call.out.l = exports;
        if ((r = plugin_call_life (p, ROW_list_exports, &call)) != 1)
            return r;
    }
    return list_default (chain, s, exports, error);
}

static struct device *open_chain (struct plugin *p, const struct session *s,
                                  struct error *error) {
    struct device *next = NULL;

    if (p->next && !(next = open_chain (p->next, s, error)))
        return NULL;
    return script_device_open (p, s, next, error);
}

struct device *plugin_open (struct plugin *chain, const struct session *s,
                            struct error *error) {
    struct session named = *s;
    char *name = NULL;
    struct device *d;

    if (!*s->export_name) {
        if (plugin_default_export (chain, s, &name, error) < 0)
            return NULL;
        named.export_name = name;
    }
    d = open_chain (chain, &named, error);
    free (name);
    return d;
}
