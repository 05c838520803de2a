/* SPDX-License-Identifier: BSD-3-Clause */
/* test-lua-waiting.c: callbacks in Lua that wait, beside each other and in turn, and threads
 * that share a script. */
#include "lua-fixture.h"

#include <pthread.h>
#include <unistd.h>

static const char slow_plugin[] = "local disk = stele.buffer(4096)\n"
                                  "thread_model = 'parallel'\n"
                                  "get_size = 4096\n"
                                  "function pread(h, count, offset)\n"
                                  "  stele.sleep(0.002)\n"
                                  "  return disk:get(offset, count)\n"
                                  "end\n"
                                  "function pwrite(h, data, offset)\n"
                                  "  stele.sleep(0.002)\n"
                                  "  disk:set(offset, data)\n"
                                  "end\n";

enum { MANY = 500 };

struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned left, failed;
    struct request requests[MANY];
    char data[MANY][8];
};

static void crowd_done (struct request *r, int result) {
    struct crowd *c = (struct crowd *) r->parent;

    pthread_mutex_lock (&c->lock);
    c->failed += result < 0;
    if (--c->left == 0)
        pthread_cond_signal (&c->changed);
    pthread_mutex_unlock (&c->lock);
}

/* N requests at once, and wait for all. */
static void crowd_run (struct device *d, enum work work, unsigned n) {
    static struct crowd c;

    memset (&c, 0, sizeof c);
    pthread_mutex_init (&c.lock, NULL);
    pthread_cond_init (&c.changed, NULL);
    c.left = n;
    for (unsigned i = 0; i < n; i++) {
        struct request *r = &c.requests[i];
        int result;
        *r = (struct request){.work = work,
                              .count = 8,
                              .data = c.data[i],
                              .done = crowd_done,
                              .parent = (struct request *) &c};
        result = device_start (d, r);
        if (result != LATER)
            crowd_done (r, result);
    }
    pthread_mutex_lock (&c.lock);
    while (c.left > 0)
        pthread_cond_wait (&c.changed, &c.lock);
    pthread_mutex_unlock (&c.lock);
    CHECK_EQ (c.failed, 0);
}

static void sleepers_overlap (void) {
    /* a read is answered when all have come, so none may keep the next one out */
    struct plugin *p = ready ("get_size = 4096  asleep = 0\n"
                              "function pread(h, count)\n"
                              "  asleep = asleep + 1\n"
                              "  while asleep < 500 do stele.sleep(0.01) end\n"
                              "  return ('x'):rep(count)\n"
                              "end\n",
                              NULL);
    struct device *d = open_device (p);

    crowd_run (d, WORK_pread, MANY);
    crowd_run (d, WORK_pread, MANY);
    end (p, d);
}

static void delay_filter (void) {
    struct plugin *p = ready (slow_plugin, "asleep = 0\n"
                                           "function pread(next, count, offset)\n"
                                           "  asleep = asleep + 1\n"
                                           "  while asleep < 500 do stele.sleep(0.01) end\n"
                                           "  return pass\n"
                                           "end\n");
    struct device *d = open_device (p);

    CHECK_EQ (device_pwrite (d, "hello", 5, 0, 0, &error), 0);
    crowd_run (d, WORK_pread, MANY);
    CHECK (reads (d, 5, 0, "hello"));
    end (p, d);
}

/* Between the read and the write of one callback no other may come, though both wait. */
static void fifty_writes_count_to_fifty (const char *filter) {
    struct plugin *p = ready (slow_plugin, filter);
    struct device *d = open_device (p);
    uint64_t n = 0;

    crowd_run (d, WORK_pwrite, 50);
    CHECK_EQ (device_pread (d, &n, 8, 0, &error), 0);
    CHECK_EQ (n, 50);
    end (p, d);
}

static void callbacks_do_not_overtake (void) {
    fifty_writes_count_to_fifty ("function pwrite(next, data, offset)\n"
                                 "  if offset > 0 then return pass end\n"
                                 "  local n = string.unpack('I8', next:pread(8, 0))\n"
                                 "  next:pwrite(string.pack('I8', n + 1), 0)\n"
                                 "end\n");
}

/* The same where each sleeps first: whoever wakes must not come between, either. */
static void sleepers_do_not_come_between (void) {
    fifty_writes_count_to_fifty ("function pwrite(next, data, offset)\n"
                                 "  if offset > 0 then return pass end\n"
                                 "  stele.sleep(math.random() / 50)\n"
                                 "  local n = string.unpack('I8', next:pread(8, 0))\n"
                                 "  next:pwrite(string.pack('I8', n + 1), 0)\n"
                                 "end\n");
}

/* A filter that says it is parallel lets its callbacks mingle. */
static void parallel_callbacks_mingle (void) {
    /* below, a read is answered when all have come */
    struct plugin *p = ready ("get_size = 4096  asleep = 0\n"
                              "function pread(h, count)\n"
                              "  asleep = asleep + 1\n"
                              "  while asleep < 500 do stele.sleep(0.01) end\n"
                              "  return ('x'):rep(count)\n"
                              "end\n",
                              "thread_model = 'parallel'\n"
                              "function pread(next, count, offset)\n"
                              "  return next:pread(count, offset)\nend\n");
    struct device *d = open_device (p);

    crowd_run (d, WORK_pread, MANY);
    end (p, d);
}

struct reader {
    pthread_t thread;
    struct device *device;
    unsigned failed;
};

static void *read_much (void *of) {
    struct reader *r = of;
    char data[8];

    for (uint64_t i = 0; i < 500; i++)
        if (device_pread (r->device, data, 8, i, NULL) < 0)
            r->failed++;
    return NULL;
}

static void threads_share_a_script (void) {
    struct plugin *p = ready ("get_size = 4096\n"
                              "function pread(h, n, o)\n"
                              "  if o % 16 == 0 then stele.sleep(0.0001) end\n"
                              "  return ('x'):rep(n)\nend\n",
                              "function pread(next, c, o) return next:pread(c, o) end\n");
    struct device *d = open_device (p);
    struct reader readers[4];

    for (int i = 0; i < 4; i++) {
        readers[i] = (struct reader){.device = d};
        pthread_create (&readers[i].thread, NULL, read_much, &readers[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join (readers[i].thread, NULL);
        CHECK_EQ (readers[i].failed, 0);
    }
    end (p, d);
}

/* With -v: what a call costs. */
static void speed (void) {
    struct plugin *p = ready ("local s = ('x'):rep(4096)\nget_size = 1 << 30\n"
                              "function pread(h, n, o) return s end\n",
                              "function pread(next, c, o) return pass end\n");
    struct device *d = open_device (p);
    char data[4096];
    enum { TIMES = 1000000 };

    for (int below = 0; below < 2; below++) {
        struct device *one = below ? d->below : d;
        uint64_t start = pool_clock_ns ();
        for (int i = 0; i < TIMES; i++) {
            struct request r = {.work = WORK_pread, .count = 512, .data = data};
            device_start (one, &r);
        }
        printf ("%s: %u ns\n", below ? "pread" : "pass and pread",
                (unsigned) ((pool_clock_ns () - start) / TIMES));
    }
    end (p, d);
}

int main (int argc, char **argv) {
    static void (*const tests[]) (void) = {
        sleepers_overlap,
        delay_filter,
        callbacks_do_not_overtake,
        sleepers_do_not_come_between,
        parallel_callbacks_mingle,
        threads_share_a_script,
        NULL,
    };
    static void (*const timed[]) (void) = {speed, NULL};

    if (argc == 1 || strcmp (argv[1], "-v") != 0)
        return run_tests (argc, tests);
    run_tests (1, timed);
    return 0;
}
