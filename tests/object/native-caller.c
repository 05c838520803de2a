/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk whose bytes say who reads it.  A write drops the writer. */
#include "native.h"

#include <unistd.h>

static int who (void *handle, struct stele_request *r) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char text[200];
    pid_t pid;
    uid_t uid;
    gid_t gid;

    (void) handle;
    if (stele_peer_name ((struct sockaddr *) &address, &length) < 0)
        return stele_error (EIO, "who is there?");
    if (stele_peer_credentials (&pid, &uid, &gid) < 0)
        return stele_error (EIO, "who are you?");
    snprintf (text, sizeof text,
              "export %s connection %" PRIu64 " readonly %d tls %d unix %d me %d\n",
              stele_export_name (), stele_connection (), stele_is_readonly (), stele_is_tls (),
              address.ss_family == AF_UNIX, uid == getuid () && gid == getgid () && pid > 0);
    memset (r->data, 0, r->count);
    memcpy (r->data, text, r->count < strlen (text) ? r->count : strlen (text));
    return 0;
}

static int drop (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    stele_disconnect (false);
    return 0;
}

static int open_one (struct stele_device *next, bool readonly, void **handle,
                     struct stele_device **device) {
    (void) next, (void) readonly, (void) handle, (void) device;
    note ("open %s", stele_only_asks () ? "asks" : "wants");
    return 0;
}

static int get_ready (void) {
    note ("get_ready %s", stele_export_name () ? stele_export_name () : "without a client");
    stele_debug ("about to serve");
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .name = "who",
    .get_ready = get_ready,
    .open = open_one,
    .get_size = one_megabyte,
    .pread = who,
    .pwrite = drop,
};
