/* SPDX-License-Identifier: BSD-3-Clause */
/* test-wire-connections.c: the wire from a client's side: clients that read slowly, vanish or are
 * told that the server ends, only one at a time, and a connection of two pipes. */
#include "wire-fixture.h"

/* False: the server does not take it. */
static bool send_patiently (struct client *c, const void *bytes, size_t n) {
    for (unsigned i = 0; i < 3; i++) {
        if (send (c->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t) n)
            return true;
        CHECK (errno == EAGAIN);
        usleep (50000);
    }
    return false;
}

static void a_slow_reader_is_not_read (void) {
    enum { EACH = 400 << 10, PLENTY = 3000 };
    static struct reply r;
    struct client c;
    unsigned sent = 0;
    uint8_t h[28];

    if (style != REPLY_SIMPLE || is_dripping)
        return;
    client_enter (&c, style, false);
    store32 (store64 (store64 (store32 (store32 (h, NBD_REQUEST_MAGIC), 0), 1), 600 << 10),
             EACH);
    while (sent < PLENTY && send_patiently (&c, h, sizeof h))
        sent++;
    CHECK (sent < PLENTY && toy.runs <= CONNECTION_BYTES / EACH + 10);
    for (unsigned i = 0; i < sent; i++)
        get_reply (&c, &r, 600 << 10, EACH);
    client_bye (&c);
}

static void wait_for (atomic_int *counter, int n) {
    for (unsigned i = 0; i < 5000 && *counter < n; i++)
        usleep (1000);
    CHECK (*counter >= n);
}

static unsigned kept (void) {
    unsigned n = 0;

    pthread_mutex_lock (&toy.lock);
    for (struct task *t = toy.kept.first; t; t = t->next)
        n++;
    pthread_mutex_unlock (&toy.lock);
    return n;
}

/* How many of them know that their client has gone. */
static unsigned kept_in_vain (void) {
    unsigned n = 0;

    pthread_mutex_lock (&toy.lock);
    for (struct task *t = toy.kept.first; t; t = t->next)
        n += container_of (t, struct request, task)->cancelled;
    pthread_mutex_unlock (&toy.lock);
    return n;
}

static void wait_until_kept (unsigned n) {
    for (unsigned i = 0; i < 5000 && kept () < n; i++)
        usleep (1000);
    CHECK (kept () == n);
}

static void a_client_vanishes (void) {
    enum answer before = toy.answer;
    struct client c;

    toy.answer = WHEN_TOLD;
    client_enter (&c, style, false);
    for (unsigned i = 0; i < 10; i++)
        put_request (&c, NBD_CMD_READ, 0, i, 70000, 100);
    wait_until_kept (10);
    client_leave (&c);
    for (unsigned i = 0; i < 5000 && kept_in_vain () < 10; i++)
        usleep (1000);
    CHECK (toy.closes == 0); /* not under running requests */
    toy_tell ();
    wait_for (&toy.closes, 1);
    CHECK (toy.cancelled == 10);
    toy.answer = before;
}

static void *stop_wire (void *of) {
    wire_stop (wire, UINT64_C (5000000000));
    return of;
}

static void stopping_finishes_what_is_in_flight (void) {
    enum answer before = toy.answer;
    static struct reply r;
    struct client c, idle, early;
    pthread_t thread;

    toy.answer = WHEN_TOLD;
    client_enter (&idle, style, false); /* the oldest: the last to be told */
    client_connect (&early);
    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 1, 70000, 100);
    wait_until_kept (1);
    CHECK (pthread_create (&thread, NULL, stop_wire, NULL) == 0);
    CHECK (is_ended (&idle));
    while (get_or_end (&early, &(char){0}, 1))
        ;
    put_request (&c, NBD_CMD_FLUSH, 0, 2, 0, 0);
    get_reply (&c, &r, 0, 0);
    CHECK (r.cookie == 2 && r.error == ESHUTDOWN_);
    toy_tell ();
    get_reply (&c, &r, 70000, 100);
    CHECK (r.cookie == 1 && r.error == 0);
    CHECK (is_ended (&c));
    pthread_join (thread, NULL);
    client_leave (&c), client_leave (&idle), client_leave (&early);
    toy.answer = before;
}

static void stopping_drops_the_rest (void) {
    enum answer before = toy.answer;
    struct client c;

    toy.answer = WHEN_TOLD;
    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 1, 70000, 100);
    wait_until_kept (1);
    toy_tell ();
    wire_stop (wire, 0);
    client_leave (&c);
    toy.answer = before;
}

/* Servers with other options */

static void only_so_many_at_a_time (void) {
    struct sockaddr address = {.sa_family = AF_UNIX};
    socklen_t size = sizeof (sa_family_t); /* the kernel chooses a name */
    struct sockaddr_storage name;
    socklen_t name_size = sizeof name;
    struct timeval patience = {.tv_usec = 40000};
    struct error error = {0};
    struct client first = {0}, second = {0};
    int fd = socket (AF_UNIX, SOCK_STREAM, 0);

    wire_begin (&(struct wire_options){.mask_handshake = 0xffff, .one_at_a_time = true});
    CHECK (fd >= 0 && bind (fd, &address, size) == 0 && listen (fd, 10) == 0);
    CHECK (getsockname (fd, (struct sockaddr *) &name, &name_size) == 0);
    CHECK (wire_listen (wire, fd, &error) == 0 && wire_start (wire, &error) == 0);
    first.fd = socket (AF_UNIX, SOCK_STREAM, 0);
    second.fd = socket (AF_UNIX, SOCK_STREAM, 0);
    CHECK (connect (first.fd, (struct sockaddr *) &name, name_size) == 0);
    greet (&first, NBD_FLAG_FIXED_NEWSTYLE);
    CHECK (connect (second.fd, (struct sockaddr *) &name, name_size) == 0);
    setsockopt (second.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    CHECK (recv (second.fd, &(char){0}, 1, 0) < 0 && errno == EAGAIN);
    client_leave (&first);
    patience.tv_sec = 10;
    setsockopt (second.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    greet (&second, NBD_FLAG_FIXED_NEWSTYLE);
    client_leave (&second);
    wire_end ();
}

static void mark_ended (void *of) {
    atomic_fetch_add ((atomic_int *) of, 1);
}

/* What was asked is answered, although no more will come; with DISC and without. */
static void two_pipes (void) {
    static struct reply r;
    static atomic_int ended;
    struct error error = {0};
    int in[2], out[2];
    uint8_t bytes[100], *p;

    wire_begin (&(struct wire_options){.mask_handshake = 0xffff});
    for (int bye = 0; bye < 2; bye++) {
        struct client c = {0};
        CHECK (pipe (in) == 0 && pipe (out) == 0);
        ended = 0;
        CHECK (wire_serve (wire, in[0], out[1], mark_ended, &ended, &error) == 0);
        p = store32 (bytes, 0);
        p = store32 (store32 (store64 (p, NBD_OPTS_MAGIC), NBD_OPT_EXPORT_NAME), 0);
        p = store32 (store32 (p, NBD_REQUEST_MAGIC), 0);
        p = store32 (store64 (store64 (p, 5), 70000), 100);
        if (bye) {
            p = store32 (store32 (p, NBD_REQUEST_MAGIC), NBD_CMD_DISC);
            p = store32 (store64 (store64 (p, 6), 0), 0);
        }
        CHECK (write (in[1], bytes, (size_t) (p - bytes)) == p - bytes);
        close (in[1]);
        for (size_t n = 0; n < 18 + 134;) {
            uint8_t skipped[18 + 134];
            ssize_t got = read (out[0], skipped, sizeof skipped - n);
            CHECK (got > 0);
            n += (size_t) got;
        }
        c.fd = out[0];
        get_reply (&c, &r, 70000, 100);
        CHECK (r.cookie == 5 && r.error == 0 && r.data[99] == toy.disk[70099]);
        CHECK (is_ended (&c));
        wait_for (&ended, 1);
        close (out[0]);
    }
    wire_end ();
}

static const struct test connections[] = {
    TEST (a_slow_reader_is_not_read),
    TEST (a_client_vanishes),
    TEST (stopping_finishes_what_is_in_flight),
    TEST (stopping_drops_the_rest),
};

static const struct test servers[] = {
    TEST (two_pipes),
    TEST (only_so_many_at_a_time),
};

static void run_all (void) {
    run_in_each_style (connections, COUNT (connections));
    run_on_their_own (servers, COUNT (servers));
}

int main (void) {
    return run_four_ways (run_all);
}
