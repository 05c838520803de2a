/* SPDX-License-Identifier: BSD-3-Clause */
/* now.c: which call of which object is this thread in?
 *
 * The interface of compiled plugins has functions that say neither for whom they are called
 * nor for which client: nbdkit_error, nbdkit_export_name.  So the answer is kept for each
 * thread, a stack of struct now.  What an object calls from a thread of its own is put down to
 * the object that was loaded last, of those that still are; there is one to a process as a rule. */
#include "object.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct now *innermost;
static struct object *_Atomic loaded; /* the last one; `older` leads to the rest */
static pthread_mutex_t loaded_lock = PTHREAD_MUTEX_INITIALIZER; /* of changes to the list */

void now_loaded (struct object *o) {
    pthread_mutex_lock (&loaded_lock);
    o->older = loaded;
    loaded = o;
    pthread_mutex_unlock (&loaded_lock);
}

void now_closed (struct object *o) {
    pthread_mutex_lock (&loaded_lock);
    if (loaded == o)
        loaded = o->older;
    for (struct object *p = loaded; p; p = p->older)
        if (p->older == o)
            p->older = o->older;
    pthread_mutex_unlock (&loaded_lock);
}

void now_enter (struct now *now, struct object *o, struct call *call) {
    now->object = o;
    now->call = call;
    now->outer = innermost;
    now->strings = o->strings;
    now->number = 0;
    now->text[0] = '\0';
    innermost = now;
    errno = 0;
}

void now_leave (struct now *now) {
    innermost = now->outer;
}

struct now *now_get (void) {
    return innermost;
}

struct object *now_object (void) {
    return innermost ? innermost->object : loaded;
}

const struct session *now_session (void) {
    return innermost && innermost->call ? innermost->call->session : NULL;
}

/* "memory", or "memory[2]" for the second client. */
static const char *who (char *buffer, size_t size) {
    const struct object *o = now_object ();
    const struct session *s = now_session ();

    if (!s || !s->number)
        return o->plugin->name;
    snprintf (buffer, size, "%s[%" PRIu64 "]", o->plugin->name, s->number);
    return buffer;
}

void now_verror (const char *format, va_list args) {
    const struct object *o = now_object ();
    struct now *now = innermost;
    int saved = errno;
    char name[64];

    if (now && !now->text[0]) {
        va_list again;
        va_copy (again, args);
        if (vsnprintf (now->text, sizeof now->text, format, again) < 0)
            now->text[0] = '\0';
        va_end (again);
    }
    errno = saved;
    if (o)
        log_verror (&o->plugin->host->log, who (name, sizeof name), format, args);
    errno = saved;
}

void now_error (const char *format, ...) {
    va_list args;

    va_start (args, format);
    now_verror (format, args);
    va_end (args);
}

void now_vdebug (const char *format, va_list args) {
    const struct object *o = now_object ();
    char name[64];

    if (o && o->plugin->host->log.verbose)
        log_vdebug (&o->plugin->host->log, who (name, sizeof name), format, args);
}

int now_failed (const struct now *now, int fallback) {
    const struct call *c = now->call;
    struct error *error = c->row->kind == KIND_WORK ? c->request->error : c->error;
    int number = now->number > 0 ? now->number : fallback > 0 ? fallback : EIO;
    bool first = error && error->number == 0;

    if (now->text[0])
        error_set (error, number, "%s", now->text);
    else
        error_set (error, number, "%s: %s failed: %s", now->object->plugin->name, c->row->name,
                   strerror (number));
    if (first)
        error->told = now->text[0] != '\0';
    return -number;
}
