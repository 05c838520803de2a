/* SPDX-License-Identifier: BSD-3-Clause */
/* native_offers.c: the struct stele_plugin of an object, read with caution.
 *
 * It may have been compiled with an older or a newer header than ours, or be something else
 * altogether.  What goes on from here is a copy of our own size. */
#include "native.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes the object really has at that symbol; 0 where it does not say. */
static size_t size_of_symbol (void *symbol) {
    const ElfW (Sym) *entry = NULL;
    Dl_info info;

    if (!dladdr1 (symbol, &info, (void **) &entry, RTLD_DL_SYMENT) || !entry)
        return 0;
    return entry->st_size;
}

/* Copy a struct of an older or newer header than ours: what is missing is zero, what is
 * too much must be. */
static bool copy_struct (void *to, size_t size, const void *from, size_t from_size) {
    memset (to, 0, size);
    memcpy (to, from, from_size < size ? from_size : size);
    for (size_t i = size; i < from_size; i++)
        if (((const char *) from)[i])
            return false;
    return true;
}

/* The size that the first release had: nothing is smaller. */
enum { FIRST_SIZE = offsetof (struct stele_plugin, cache) + sizeof (void *) };

static int copy_offers (const char *name, const struct stele_plugin *from,
                        struct stele_plugin *to, struct error *error) {
    size_t size = size_of_symbol ((void *) from);

    if (size && size < sizeof from->struct_size + sizeof from->api_version)
        return error_set (error, EINVAL, "%s: stele_plugin is not a struct stele_plugin", name);
    if (from->struct_size == 0 || from->api_version == 0)
        return error_set (error, EINVAL, "%s: stele_plugin does not begin with STELE_PLUGIN",
                          name);
    if (from->api_version != STELE_API_VERSION)
        return error_set (error, EINVAL,
                          "%s: it speaks version %u of stele.h, and this server version %d",
                          name, from->api_version, STELE_API_VERSION);
    if (from->struct_size < FIRST_SIZE || (size && from->struct_size > size))
        return error_set (error, EINVAL,
                          "%s: stele_plugin has %zu bytes, which its struct_size, %u, does "
                          "not fit",
                          name, size, from->struct_size);
    if (!copy_struct (to, sizeof *to, from, from->struct_size))
        return error_set (error, EINVAL,
                          "%s: it uses something of stele.h that is newer than this server",
                          name);
    if ((unsigned) to->model > STELE_SERIALIZE_CONNECTIONS)
        return error_set (error, EINVAL, "%s: its model, %u, is none of enum stele_model", name,
                          (unsigned) to->model);
    return 0;
}

/* Text of the object becomes the plugin's. */
static bool keep_text (char **to, const char *text) {
    char *copy = text ? strdup (text) : NULL;

    if (!text)
        return true;
    free (*to);
    *to = copy;
    return copy != NULL;
}

static int keep_texts (struct plugin *p, const struct stele_plugin *offers,
                       struct error *error) {
    char *name = strdup (offers->name && *offers->name ? offers->name : p->name);
    bool kept = name != NULL;

    if (kept) {
        free (p->name);
        p->name = name;
    }
    kept = kept && keep_text (&p->longname, offers->longname) &&
           keep_text (&p->version, offers->version) &&
           keep_text (&p->description, offers->description) &&
           keep_text (&p->config_help, offers->config_help);
    return kept ? 0 : error_set (error, ENOMEM, "%s: out of memory", p->path);
}

static int check_kind (const struct plugin *p, const struct stele_plugin *offers,
                       struct error *error) {
    if (p->filter == offers->filter)
        return 0;
    return error_set (error, EINVAL,
                      p->filter ? "%s: it is a plugin, not a filter"
                                : "%s: it is a filter: --filter=%s PLUGIN",
                      p->path, p->path);
}

int native_read (struct plugin *p, const void *symbol, struct stele_plugin *offers,
                 struct error *error) {
    int r = copy_offers (p->path, symbol, offers, error);

    if (r == 0)
        r = check_kind (p, offers, error);
    return r < 0 ? r : keep_texts (p, offers, error);
}
