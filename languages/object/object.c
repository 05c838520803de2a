/* SPDX-License-Identifier: BSD-3-Clause */
/* object.c: the language `object`: plugins that were compiled to a shared object.
 *
 * The file is loaded, and its exported symbol tells which interface it speaks; everything else
 * is the interface's.  Here is only what all objects have in common: what a file must be, what
 * is said when it is not, and the bracket around each call (now.c). */
#include "object.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../languages.h"
#include "elf.h"
#include "guard.h"
#include "interned.h"

static const struct interface *const interfaces[] = {
    &nbdkit_interface,
    &native_interface,
    NULL,
};

/* What the loader says begins with the path as a rule. */
static int tell_loader (const char *path, const char *file, struct error *error) {
    const char *said = dlerror ();

    if (!said)
        said = "it cannot be loaded";
    if (strncmp (said, file, strlen (file)) == 0)
        return error_set (error, ENOEXEC, "%s%s", path, said + strlen (file));
    return error_set (error, ENOEXEC, "%s: %s", path, said);
}

/* Which of the interfaces; NULL with a sentence. */
static const struct interface *find_interface (const struct object *o, void **symbol,
                                               struct error *error) {
    const char *path = o->plugin->path;

    for (const struct interface *const *i = interfaces; *i; i++)
        if ((*symbol = dlsym (o->library, (*i)->symbol)))
            return *i;
    if (dlsym (o->library, "filter_init"))
        error_set (error, ENOEXEC,
                   "%s: it is a filter of nbdkit, which only that very nbdkit can load", path);
    else
        error_set (error, ENOEXEC, "%s: it is no plugin: it does not export %s, nor %s", path,
                   interfaces[0]->symbol, interfaces[1]->symbol);
    return NULL;
}

static void object_free (struct object *o) {
    o->plugin->script = NULL;
    now_closed (o);
    interned_free (o->strings);
    if (o->library)
        dlclose (o->library);
    free (o);
}

/* What else is loaded finds the object's symbols, and those of its libraries, from now on. */
static bool make_global (const char *path) {
    void *again = dlopen (path, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);

    if (again)
        dlclose (again);
    return again != NULL;
}

/* Constructors run in dlopen, and may want to say something. */
static int load_library (struct object *o, const char *file, struct error *error) {
    const char *path = o->plugin->path;
    struct now now;
    void *symbol;
    int r;

    now_loaded (o);
    now_enter (&now, o, NULL);
    if (!(o->library = dlopen (file, RTLD_NOW | RTLD_LOCAL)))
        r = tell_loader (path, file, error);
    else if (!(o->interface = find_interface (o, &symbol, error)))
        r = -ENOEXEC;
    else if (o->interface->global && !make_global (file))
        r = tell_loader (path, file, error);
    else
        r = o->interface->load (o, symbol, error);
    now_leave (&now);
    return r;
}

int object_load (struct plugin *p, const char *file, struct error *error) {
    struct object *o;
    int r = elf_check (file, p->path, error);

    if (r < 0)
        return r;
    o = calloc (1, sizeof *o);
    if (!o || !(o->strings = interned_new ())) {
        free (o);
        return error_set (error, ENOMEM, "%s: out of memory", p->path);
    }
    o->plugin = p;
    p->script = o;
    guard_enter (p->host->log.program, p->path);
    r = load_library (o, file, error);
    guard_leave ();
    if (r < 0)
        object_free (o);
    return r;
}

static int load (struct plugin *p, struct error *error) {
    return object_load (p, p->path, error);
}

static enum defined defines (struct plugin *p, const struct callback *row) {
    const struct object *o = p->script;

    return o->interface->defines (p->script, row);
}

static int configure (struct plugin *p, const struct parameter *parameter,
                      const struct value *value, struct error *error) {
    struct object *o = p->script;

    return o->interface->configure ? o->interface->configure (o, parameter, value, error) : 0;
}

static int call (struct plugin *p, struct call *c) {
    struct object *o = p->script;
    struct now now;
    int r;

    now_enter (&now, o, c);
    r = o->interface->call (o, c);
    now_leave (&now);
    return r;
}

static void drop (struct plugin *p, void *handle) {
    struct object *o = p->script;
    struct now now;

    now_enter (&now, o, NULL);
    o->interface->drop (o, handle);
    now_leave (&now);
}

static void close_object (struct plugin *p) {
    struct object *o = p->script;
    struct now now;

    now_enter (&now, o, NULL);
    o->interface->close (o);
    now_leave (&now);
    object_free (o);
}

/* The flag FLAG of the plugin NAME is the int NAME_debug_FLAG.  Where no file was named there is
 * no object. */
static bool debug (struct plugin *p, const char *flag, int value) {
    struct object *o = p->script;
    char *symbol;
    int *variable;

    if (!o || asprintf (&symbol, "%s_debug_%s", p->name, flag) < 0)
        return false;
    for (char *c = symbol; *c; c++)
        if (*c == '.')
            *c = '_';
    variable = dlsym (o->library, symbol);
    free (symbol);
    if (variable)
        *variable = value;
    return variable;
}

const struct language object_language = {
    .name = "object",
    .suffix = ".so",
    .doc = "a plugin that was compiled to a shared object",
    .load = load,
    .defines = defines,
    .configure = configure,
    .call = call,
    .debug = debug,
    .drop = drop,
    .close = close_object,
    .may_block = true,
    .first_is_script = true,
};
