/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_client.c: the client that a plugin is called for, and how to part from it. */
#include <sys/socket.h> /* struct ucred */

#include "../../core/peer.h"
#include "helpers.h"

/* NULL, with a message that names the question, outside of a connection. */
static const struct session *need_session (const char *question) {
    const struct session *s = now_session ();

    if (!s) {
        nbdkit_error ("%s: this is not called for a client", question);
        errno = ENOTCONN;
    }
    return s;
}

static int failed (const char *question, int result) {
    errno = -result;
    nbdkit_error ("%s: %m", question);
    return -1;
}

const char *nbdkit_export_name (void) {
    const struct session *s = need_session ("export name");

    return s ? s->export_name : NULL;
}

int nbdkit_is_tls (void) {
    const struct session *s = need_session ("TLS");

    return s ? s->tls : -1;
}

int nbdkit_peer_name (struct sockaddr *address, socklen_t *size) {
    int r = peer_address (now_session (), address, size);

    return r < 0 ? failed ("the client's address", r) : 0;
}

static int credentials (struct ucred *who) {
    int r = peer_credentials (now_session (), who);

    return r < 0 ? failed ("the client's process and user", r) : 0;
}

int64_t nbdkit_peer_pid (void) {
    struct ucred who;

    return credentials (&who) < 0 ? -1 : who.pid;
}

int64_t nbdkit_peer_uid (void) {
    struct ucred who;

    return credentials (&who) < 0 ? -1 : (int64_t) who.uid;
}

int64_t nbdkit_peer_gid (void) {
    struct ucred who;

    return credentials (&who) < 0 ? -1 : (int64_t) who.gid;
}

char *nbdkit_peer_security_context (void) {
    char *label;
    int r = peer_label (now_session (), &label);

    if (r < 0) {
        failed ("the client's security context", r);
        return NULL;
    }
    return label;
}

/* Sessions do not keep the client's certificate. */
static char *no_certificate (const char *question) {
    if (need_session (question)) {
        errno = EOPNOTSUPP;
        nbdkit_error ("%s: the client has shown no certificate", question);
    }
    return NULL;
}

char *nbdkit_peer_tls_dn (void) {
    return no_certificate ("the client's distinguished name");
}

char *nbdkit_peer_tls_issuer_dn (void) {
    return no_certificate ("the distinguished name of the client's issuer");
}

void nbdkit_disconnect (int force) {
    const struct session *s = need_session ("disconnect");

    if (s && s->disconnect)
        s->disconnect (s, force);
}

void nbdkit_shutdown (void) {
    struct host *host = helper_host ();

    if (host && host->shutdown)
        host->shutdown (host);
}
