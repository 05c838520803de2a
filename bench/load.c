/* SPDX-License-Identifier: BSD-3-Clause */
/* load.c: an NBD load generator that costs little itself.
 *
 * One thread, any number of connections, each kept full to its queue depth.  Prints a
 * paragraph for people and, last, one line of key=value for programs.  What it measures
 * is in stream.c; here are the loop over the streams and the reports. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../core/wire/nbd.h"
#include "clock.h"
#include "content.h"
#include "options.h"
#include "process.h"
#include "stream.h"

enum { PREFILL_BLOCK = 256 << 10, PREFILL_DEPTH = 8, POOL = 256 << 10 };

struct load {
    struct options o;
    char **command; /* after the options */
    struct job job;
    struct stream *streams;
    unsigned n_streams;
    int epoll;
    uint64_t server_ns, client_ns, wall_ns; /* when the measurement began; then how much */
};

static void *need (void *memory) {
    if (memory == NULL)
        die ("out of memory");
    return memory;
}

static const struct {
    const char *name;
    uint16_t command;
    int reads; /* percent; -1: --reads says */
} ops[] = {
    { "read", NBD_CMD_READ, 100 },       { "write", NBD_CMD_WRITE, 0 },
    { "mix", NBD_CMD_WRITE, -1 },        { "zero", NBD_CMD_WRITE_ZEROES, 0 },
    { "trim", NBD_CMD_TRIM, 0 },
};

static void set_op (struct job *job, const struct options *o) {
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp (ops[i].name, o->op) == 0) {
            job->command = ops[i].command;
            job->reads_percent = ops[i].reads < 0 ? (unsigned) o->reads : (unsigned) ops[i].reads;
            return;
        }
    die ("--op %s: read, write, mix, zero or trim", o->op);
}

/* Running */

static void connect_or_die (struct load *l, struct remote *r, bool structured) {
    *r = (struct remote) { .structured = structured };
    if (remote_connect (r, l->o.unix_path, 5) < 0 ||
        remote_handshake (r, l->o.export_name) < 0)
        die ("%s", r->failure);
}

static void open_streams (struct load *l, unsigned n, bool structured) {
    l->streams = need (calloc (n, sizeof *l->streams));
    l->epoll = epoll_create1 (EPOLL_CLOEXEC);
    for (l->n_streams = 0; l->n_streams < n; l->n_streams++) {
        struct remote r;
        struct epoll_event event = { .events = EPOLLIN, .data.u32 = l->n_streams };

        connect_or_die (l, &r, structured);
        if (l->job.region == 0 || l->job.region > r.size)
            l->job.region = r.size / l->job.block * l->job.block;
        if (l->job.region == 0)
            die ("the export is smaller than a block");
        if (stream_open (&l->streams[l->n_streams], &r, &l->job, l->n_streams, n) < 0)
            die ("out of memory");
        epoll_ctl (l->epoll, EPOLL_CTL_ADD, r.fd, &event);
    }
}

static void close_streams (struct load *l) {
    for (unsigned i = 0; i < l->n_streams; i++)
        stream_close (&l->streams[i]);
    free (l->streams);
    close (l->epoll);
    l->n_streams = 0;
}

/* Room to send is asked for only while something is half sent. */
static void watch (struct load *l, unsigned i) {
    struct stream *s = &l->streams[i];
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

    if (stream_is_sending (s) == s->watches_out)
        return;
    s->watches_out = !s->watches_out;
    if (s->watches_out)
        event.events |= EPOLLOUT;
    epoll_ctl (l->epoll, EPOLL_CTL_MOD, s->remote.fd, &event);
}

static void turn (struct load *l, unsigned i, bool wait) {
    struct stream *s = &l->streams[i];

    if (stream_turn (s, wait) < 0)
        die ("%s", s->remote.failure);
    if (!wait)
        watch (l, i);
}

static bool all_idle (const struct load *l) {
    for (unsigned i = 0; i < l->n_streams; i++)
        if (!stream_is_idle (&l->streams[i]))
            return false;
    return true;
}

/* One round: whatever has arrived.  A single stream waits in recv itself. */
static void round_of_turns (struct load *l) {
    struct epoll_event events[64];

    if (l->n_streams == 1) {
        turn (l, 0, true);
        return;
    }
    int n = epoll_wait (l->epoll, events, 64, REMOTE_PATIENCE_S * 1000);
    if (n == 0 || (n < 0 && errno != EINTR))
        die ("no reply for %d seconds", REMOTE_PATIENCE_S);
    for (int i = 0; i < n; i++)
        turn (l, events[i].data.u32, false);
}

static void begin_measuring (struct load *l) {
    l->job.done = l->job.errors = 0;
    memset (&l->job.times, 0, sizeof l->job.times);
    l->server_ns = l->o.pid ? process_cpu_ns ((pid_t) l->o.pid) : 0;
    l->client_ns = clock_read (CLOCK_PROCESS_CPUTIME_ID);
    l->wall_ns = clock_ns ();
}

static void end_measuring (struct load *l) {
    l->wall_ns = clock_ns () - l->wall_ns;
    l->client_ns = clock_read (CLOCK_PROCESS_CPUTIME_ID) - l->client_ns;
    l->server_ns = l->o.pid ? process_cpu_ns ((pid_t) l->o.pid) - l->server_ns : 0;
}

/* Until the requests are used up, or the time. */
static void run (struct load *l, double warmup_s, double seconds) {
    bool measuring = false;

    begin_measuring (l);
    uint64_t from = l->wall_ns + (uint64_t) (warmup_s * 1e9);
    uint64_t until = from + (uint64_t) (seconds * 1e9);
    for (unsigned i = 0; i < l->n_streams; i++) {
        if (stream_fill (&l->streams[i]) < 0)
            die ("%s", l->streams[i].remote.failure);
        watch (l, i);
    }
    while (!all_idle (l)) {
        round_of_turns (l);
        uint64_t now = clock_ns ();
        if (!measuring && warmup_s > 0 && now >= from) {
            begin_measuring (l);
            measuring = true;
        }
        if (now >= until)
            l->job.left = 0;
    }
    end_measuring (l);
}

/* Random contents, whatever is read or written later, so that there are no holes. */
static void prefill (struct load *l) {
    struct job job = l->job;
    uint64_t block = job.block > PREFILL_BLOCK ? job.block : PREFILL_BLOCK;

    l->job.block = (uint32_t) block;
    l->job.depth = PREFILL_DEPTH;
    l->job.command = NBD_CMD_WRITE;
    l->job.reads_percent = 0;
    l->job.sequential = true;
    l->job.left = UINT64_MAX;
    open_streams (l, 1, false);
    l->job.left = l->job.region / block;
    run (l, 0, 1e9);
    close_streams (l);
    if (l->job.errors > 0)
        die ("prefill: the server answered with error %u", l->job.first_error);
    l->job = job;
}

/* Reporting */

static double us (uint64_t ns, uint64_t n) {
    return n == 0 ? 0 : (double) ns / 1e3 / (double) n;
}

static void report (const struct load *l) {
    const struct job *job = &l->job;
    const struct histogram *t = &job->times;
    double seconds = (double) l->wall_ns / 1e9;
    double iops = (double) job->done / seconds, mib = iops * job->block / (1 << 20);
    struct process p = process_look ((pid_t) l->o.pid);

    printf ("%s %s of %u bytes, %u connections x %u deep, %.2f s\n",
            job->sequential ? "sequential" : "random", l->o.op, job->block, l->n_streams,
            job->depth, seconds);
    printf ("  %.0f requests/s, %.1f MiB/s, %lu errors\n", iops, mib, (unsigned long) job->errors);
    printf ("  latency us: mean %.1f, p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f\n",
            us (t->sum, t->n), us (histogram_at (t, 0.5), 1), us (histogram_at (t, 0.9), 1),
            us (histogram_at (t, 0.99), 1), us (histogram_at (t, 0.999), 1), us (t->max, 1));
    printf ("  CPU us per request: this client %.2f", us (l->client_ns, job->done));
    if (l->o.pid != 0)
        printf (", the server %.2f; its memory %ld KiB, threads %ld",
                us (l->server_ns, job->done), p.rss_kib, p.threads);
    printf ("\nop=%s\tblock=%u\tconnections=%u\tdepth=%u\tseconds=%.3f\trequests=%lu\t"
            "errors=%lu\tiops=%.1f\tmib=%.2f\tp50_us=%.2f\tp90_us=%.2f\tp99_us=%.2f\t"
            "p999_us=%.2f\tmax_us=%.2f\tclient_us=%.3f\tserver_us=%.3f\trss_kib=%ld\tthreads=%ld\n",
            l->o.op, job->block, l->n_streams, job->depth, seconds, (unsigned long) job->done,
            (unsigned long) job->errors, iops, mib, us (histogram_at (t, 0.5), 1),
            us (histogram_at (t, 0.9), 1), us (histogram_at (t, 0.99), 1),
            us (histogram_at (t, 0.999), 1), us (t->max, 1), us (l->client_ns, job->done),
            us (l->server_ns, job->done), p.rss_kib, p.threads);
}

static int run_load (struct load *l) {
    if (l->o.prefill)
        prefill (l);
    l->job.left = l->o.count > 0 ? l->o.count : UINT64_MAX;
    open_streams (l, (unsigned) l->o.connections, l->o.structured);
    run (l, l->o.warmup, l->o.count > 0 ? 1e9 : l->o.seconds);
    report (l);
    close_streams (l);
    if (l->job.errors > 0)
        fprintf (stderr, "load: the server answered with error %u\n", l->job.first_error);
    return l->job.errors > 0;
}

/* N clients at once.  All have a descriptor here and one there. */
static int run_many (struct load *l) {
    struct rlimit limit = { l->o.many + 64, l->o.many + 64 };
    struct remote *remotes = need (calloc (l->o.many, sizeof *remotes));
    uint64_t served = 0, start = clock_ns ();

    if (setrlimit (RLIMIT_NOFILE, &limit) < 0 && getrlimit (RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit (RLIMIT_NOFILE, &limit);
    }
    for (; served < l->o.many; served++) {
        struct remote *r = &remotes[served];

        if (remote_connect (r, l->o.unix_path, 5) < 0 ||
            remote_handshake (r, l->o.export_name) < 0 ||
            remote_read (r, (uint32_t) l->o.block,
                         r->size < l->o.block ? 0 : served * l->o.block % (r->size - l->o.block + 1)) < 0)
            break;
    }
    struct process p = process_look ((pid_t) l->o.pid);
    double seconds = (double) (clock_ns () - start) / 1e9;

    printf ("%lu of %lu clients were served in %.2f s; the server has %ld threads, %ld KiB\n",
            (unsigned long) served, (unsigned long) l->o.many, seconds, p.threads, p.rss_kib);
    if (served < l->o.many)
        printf ("  the next one: %s\n", remotes[served].failure);
    printf ("wanted=%lu\tserved=%lu\tseconds=%.3f\tthreads=%ld\trss_kib=%ld\n",
            (unsigned long) l->o.many, (unsigned long) served, seconds, p.threads, p.rss_kib);
    free (remotes);
    return served < l->o.many;
}

static int compare_times (const void *a, const void *b) {
    uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return x < y ? -1 : x > y;
}

/* From before the server's process exists until the first byte of a read is here. */
static uint64_t first_reply (struct load *l) {
    struct remote r;

    unlink (l->o.unix_path);
    uint64_t start = clock_ns ();
    pid_t pid = process_start (l->command);
    if (pid < 0)
        die ("%s: %s", l->command[0], strerror (errno));
    connect_or_die (l, &r, false);
    if (remote_read (&r, 512, 0) < 0)
        die ("%s", r.failure);
    uint64_t time = clock_ns () - start;
    remote_leave (&r);
    process_end (pid);
    unlink (l->o.unix_path);
    return time;
}

static int run_first_reply (struct load *l) {
    uint64_t n = l->o.repeat, *times = need (calloc (n, sizeof *times));

    if (l->command[0] == NULL || n == 0)
        die ("--first-reply needs a COMMAND after --");
    prctl (PR_SET_TIMERSLACK, 1); /* the pause between two attempts is not to be longer */
    for (uint64_t i = 0; i < n; i++)
        times[i] = first_reply (l);
    qsort (times, n, sizeof *times, compare_times);
    printf ("start to first reply, %lu times: median %.0f us, best %.0f, worst %.0f\n",
            (unsigned long) n, us (times[n / 2], 1), us (times[0], 1), us (times[n - 1], 1));
    printf ("repeat=%lu\tstart_us=%.1f\tbest_us=%.1f\tworst_us=%.1f\n", (unsigned long) n,
            us (times[n / 2], 1), us (times[0], 1), us (times[n - 1], 1));
    free (times);
    return 0;
}

static void prepare (struct load *l) {
    const struct options *o = &l->o;

    if (o->unix_path == NULL)
        die ("--unix PATH is required; see --help");
    if (o->depth < 1 || o->depth > STREAM_DEPTH_MAX || o->connections < 1 || o->block < 1 ||
        o->block > 32 << 20)
        die ("depth 1..%d, at least one connection, blocks of 1..32M", STREAM_DEPTH_MAX);
    l->job.block = (uint32_t) o->block;
    l->job.region = o->region / o->block * o->block;
    l->job.depth = (unsigned) o->depth;
    l->job.sequential = o->sequential;
    l->job.pool_slack = POOL;
    l->job.pool =
        need (content_new (o->data, POOL + (o->block > PREFILL_BLOCK ? o->block : PREFILL_BLOCK)));
    l->job.buffer = need (aligned_alloc (4096, STREAM_BUFFER));
    set_op (&l->job, o);
}

int main (int argc, char **argv) {
    static struct load l = {
        .o = { .export_name = "", .op = "read", .data = "random", .connections = 1, .depth = 1,
               .block = 4096, .reads = 50, .seconds = 1, .repeat = 5 },
    };

    (void) argc;
    l.command = options_parse (&l.o, argv);
    if (l.o.help) {
        options_print ();
        return 0;
    }
    prepare (&l);
    return l.o.many > 0 ? run_many (&l) : l.o.first_reply ? run_first_reply (&l) : run_load (&l);
}
