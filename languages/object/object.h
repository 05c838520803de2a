/* SPDX-License-Identifier: BSD-3-Clause */
/* object.h: a compiled plugin: a shared object, and the interface that it speaks.
 *
 * object.c loads the file and finds out which of the interfaces below its symbols belong
 * to; from then on every call goes there.  The interface keeps its state in `own`.  Objects
 * call back by plain C functions, some without saying for which plugin or client, so each
 * call into one is bracketed by now_enter and now_leave, and `now` is the answer. */
#ifndef STELE_OBJECT_H
#define STELE_OBJECT_H

#include "../../core/plugin.h"

struct object;
struct interned;

struct helper {
    const char *name;
    void (*function) (void);
};

/* What a shared object may be.  As struct language, of which this is the inner half: the
 * same contract for each function (language.h), object->plugin being the plugin. */
struct interface {
    const char *symbol; /* an object that exports this speaks it; the first row wins */

    /* SYMBOL is the address of that symbol.  Check what it offers, set the plugin's name,
     * model, texts and parameters, leave a state in object->own.  0 or -errno with a
     * sentence, nothing kept. */
    int (*load) (struct object *, void *symbol, struct error *);
    enum defined (*defines) (struct object *, const struct callback *);
    int (*configure) (struct object *, const struct parameter *, const struct value *,
                      struct error *); /* or NULL: it declares no parameters */
    int (*call) (struct object *, struct call *);
    void (*drop) (struct object *, void *handle);
    void (*close) (struct object *); /* before the library is let go of */
    bool global; /* it is an interpreter, perhaps, whose modules look for symbols in it.  Else
                    two objects may have functions of one name */

    const struct helper *helpers; /* the functions that objects find in this program: named
                                     here, so that the linker keeps them.  Ends with NULL */
};

extern const struct interface nbdkit_interface, native_interface;

struct object {
    struct plugin *plugin;
    const struct interface *interface;
    void *library;            /* dlopen's */
    void *own;                /* the interface's */
    struct interned *strings; /* what the object interned outside of an open handle */
    struct object *older;     /* now.c's: the list of what is loaded */
};

/* For a language that makes objects of scripts: load FILE as that of the plugin, whose path is
 * what messages name.  As `load` of a language, which the plugin has become. */
int object_load (struct plugin *, const char *file, struct error *);

/* The call that this thread is in.  On the stack of whoever calls the object. */
struct now {
    struct object *object;
    struct call *call;
    struct now *outer;        /* an object's work may call devices, and these another object */
    void *own;                /* the interface's */
    struct interned *strings; /* where interned strings go: the object's, or a handle's */
    int number; /* the errno that the object wants the failure to have; 0: not said */
    char text[sizeof ((struct error *) 0)->text]; /* its first sentence; "" */
};

/* Around every call into an object.  NOW may be uninitialised; errno is 0 afterwards. */
void now_enter (struct now *, struct object *, struct call *);
void now_leave (struct now *);

/* The innermost call of this thread, NULL where it is in none: a thread of the object's own,
 * or its constructor. */
struct now *now_get (void);

/* Where a message belongs that comes from outside of any call: of the plugins that are loaded
 * the last one, for a thread of an object's own does not say whose it is.  NULL: there is none. */
struct object *now_object (void);
void now_loaded (struct object *); /* for object.c */
void now_closed (struct object *);

/* The session of the running call; NULL outside of a connection. */
const struct session *now_session (void);

/* The object says what went wrong: it is logged at once, and the first sentence becomes that
 * of the call, should it fail.  errno is kept, and %m is what it says. */
void now_error (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void now_verror (const char *format, va_list) __attribute__ ((format (printf, 1, 0)));
void now_vdebug (const char *format, va_list) __attribute__ ((format (printf, 1, 0)));

/* The call has failed: with the number that the object chose, or FALLBACK, and its first
 * sentence, if it said one.  Returns -number.  Not of a now without a call. */
int now_failed (const struct now *, int fallback);

#endif
