/* SPDX-License-Identifier: BSD-3-Clause */
/* native_caller.c: stele.h's functions about the client that is served, and what went wrong.
 *
 * Whom a thread is called for is what `now` says.  A thread of the object's own is called
 * for nobody: it learns nothing here, and what it says goes to the log. */
#include "native.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h> /* struct ucred */

#include "../../core/peer.h"

const char *stele_export_name (void) {
    const struct session *s = now_session ();

    return s ? s->export_name : NULL;
}

bool stele_is_readonly (void) {
    const struct session *s = now_session ();

    return s && s->readonly;
}

bool stele_is_tls (void) {
    const struct session *s = now_session ();

    return s && s->tls;
}

uint64_t stele_connection (void) {
    const struct session *s = now_session ();

    return s ? s->number : 0;
}

/* The object, once it knows, is asked again when it matters. */
bool stele_only_asks (void) {
    const struct session *s = now_session ();
    bool asks = s && s->asks && s->asks_noticed && now_get ()->call->row->gives == 'D';

    if (asks)
        *s->asks_noticed = true;
    return asks;
}

int stele_peer_name (struct sockaddr *address, socklen_t *length) {
    return peer_address (now_session (), address, length);
}

int stele_peer_credentials (pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred who;
    int r = peer_credentials (now_session (), &who);

    if (r < 0)
        return r;
    *pid = who.pid;
    *uid = who.uid;
    *gid = who.gid;
    return 0;
}

void stele_disconnect (bool force) {
    const struct session *s = now_session ();

    if (s && s->disconnect)
        s->disconnect (s, force);
}

struct error *native_error (void) {
    const struct now *now = now_get ();

    if (!now || !now->call)
        return NULL;
    return now->call->request ? now->call->request->error : now->call->error;
}

/* Where nothing is loaded any more nobody listens. */
static void vlog (void (*log) (const struct log *, const char *, const char *, va_list),
                  const char *format, va_list args) {
    const struct object *o = now_object ();

    if (o)
        log (&o->plugin->host->log, o->plugin->name, format, args);
}

void native_tell (const struct plugin *p, const struct session *s, struct error *error) {
    bool refused = error && (error->number == ENOTSUP || error->number == EOPNOTSUPP);
    char who[64];

    if (!s || !error || error->told)
        return;
    snprintf (who, sizeof who, s->number ? "%s[%" PRIu64 "]" : "%s", p->name, s->number);
    (refused ? log_debug : log_error) (&p->host->log, who, "%s", error->text);
    error->told = true;
}

int stele_error (int number, const char *format, ...) {
    struct error *error = native_error ();
    va_list args;

    va_start (args, format);
    if (error)
        error_vset (error, number, format, args);
    else
        vlog (log_verror, format, args);
    va_end (args);
    if (error)
        native_tell (now_get ()->object->plugin, now_session (), error);
    return -number;
}

void stele_error_forget (void) {
    struct error *error = native_error ();

    if (!error)
        return;
    error->number = 0;
    error->told = false;
    error->text[0] = '\0';
}

void stele_log (const char *format, ...) {
    va_list args;

    va_start (args, format);
    vlog (log_verror, format, args);
    va_end (args);
}

void stele_debug (const char *format, ...) {
    va_list args;

    va_start (args, format);
    vlog (log_vdebug, format, args);
    va_end (args);
}

void stele_shutdown (void) {
    const struct object *o = now_object ();

    if (o && o->plugin->host->shutdown)
        o->plugin->host->shutdown (o->plugin->host);
}
