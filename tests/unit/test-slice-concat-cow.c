/* SPDX-License-Identifier: BSD-3-Clause */
/* test-slice-concat-cow.c: devices made of devices against a model, over devices that
 * answer at once and over some that answer LATER. */
#include "primitives.h"

static struct device *ram (const char *size) {
    return MAKE ("ram", GIVE ("size", size));
}

/* Bytes that tell where they are, in a device that can be written. */
static struct device *filled (const char *size) {
    struct device *d = ram (size);
    uint64_t n = d->facts.get_size;
    unsigned char *data = malloc (n);

    for (uint64_t i = 0; i < n; i++)
        data[i] = i / 251 + i;
    CHECK_EQ (device_pwrite (d, data, n, 0, 0, NULL), 0);
    free (data);
    return d;
}

static struct device *maybe_late (struct device *d, bool late) {
    return late ? make_late (d) : d;
}

static void slices (bool late) {
    struct device *whole = filled ("200000");
    struct device *d = MAKE ("slice", GIVE_DEVICE ("device", maybe_late (device_ref (whole), late)),
                             GIVE ("offset", "1001"), GIVE ("size", "150000"));
    unsigned char before[1001], after[48999], now[48999];

    CHECK (d && d->facts.get_size == 150000);
    CHECK_EQ (device_pread (whole, before, sizeof before, 0, NULL), 0);
    CHECK_EQ (device_pread (whole, after, sizeof after, 151001, NULL), 0);
    model_run (d, 2000, 3);
    CHECK_EQ (device_pread (whole, now, sizeof before, 0, NULL), 0);
    CHECK (memcmp (now, before, sizeof before) == 0);
    CHECK_EQ (device_pread (whole, now, sizeof after, 151001, NULL), 0);
    CHECK (memcmp (now, after, sizeof after) == 0);
    device_unref (d);

    d = MAKE ("slice", GIVE_DEVICE ("device", device_ref (whole)), GIVE ("offset", "200000"));
    CHECK (d && d->facts.get_size == 0);
    device_unref (d);
    CHECK (!MAKE ("slice", GIVE_DEVICE ("device", device_ref (whole)), GIVE ("offset", "200001")));
    CHECK (!MAKE ("slice", GIVE_DEVICE ("device", whole), GIVE ("offset", "1000"),
                  GIVE ("size", "199001")));
    CHECK (strstr (last_error.text, "199001"));
}

static void concats (bool late) {
    struct device *parts[] = {filled ("50000"), ram ("0"), ram ("70000"),
                              filled ("1"),     ram ("0"), filled ("65536")};
    struct device *d;

    for (unsigned i = 0; i < 6; i++)
        parts[i] = maybe_late (parts[i], late);
    d = MAKE ("concat", GIVE_DEVICE ("device", parts[0]), GIVE_DEVICE ("device", parts[1]),
              GIVE_DEVICE ("device", parts[2]), GIVE_DEVICE ("device", parts[3]),
              GIVE_DEVICE ("device", parts[4]), GIVE_DEVICE ("device", parts[5]));
    CHECK (d && d->facts.get_size == 50000 + 70000 + 1 + 65536);
    model_run (d, 2000, 4);
    device_unref (d);

    d = MAKE ("concat", GIVE_DEVICE ("device", ram ("8E")), GIVE_DEVICE ("device", ram ("1")));
    CHECK (!d);
    d = MAKE ("concat", GIVE_DEVICE ("device", ram ("1")),
              GIVE_DEVICE ("device", MAKE ("pattern", GIVE ("size", "8"))));
    CHECK (d && !d->facts.can_write && d->facts.get_size == 9);
    device_unref (d);
    CHECK (!MAKE ("concat", GIVE (NULL, NULL)));
}

/* Where a read stopped is told in the asker's offsets. */
static int broken_pread (struct device *d, struct request *r) {
    (void) d;
    if (r->offset + r->count <= 100)
        return 0;
    r->error_at = true;
    r->error_offset = r->offset < 100 ? 100 : r->offset;
    return request_error (r, EIO, "broken at 100");
}

static int broken_facts (struct device *d, struct facts *f, struct error *error) {
    (void) d, (void) error;
    f->get_size = 1000;
    return 0;
}

static const struct device_type broken_type = {
    .name = "broken", .work = {[WORK_pread] = broken_pread}, .facts = broken_facts};

static void where_a_read_stopped (bool late) {
    struct device *broken = device_new (&broken_type, NULL, NULL, &test_host, NULL);
    struct device *d =
        MAKE ("concat", GIVE_DEVICE ("device", ram ("500")),
              GIVE_DEVICE ("device",
                           MAKE ("slice", GIVE_DEVICE ("device", maybe_late (broken, late)),
                                 GIVE ("offset", "50"))));
    char data[300];
    struct request r = {.work = WORK_pread,
                        .data = data,
                        .offset = 300,
                        .count = 300,
                        .error = &last_error};

    CHECK_EQ (device_run (d, &r), -EIO);
    CHECK (r.error_at);
    CHECK_EQ (r.error_offset, 550);
    CHECK (r.offset == 300 && r.count == 300);
    CHECK (strcmp (last_error.text, "broken at 100") == 0);
    device_unref (d);
}

static void cows (bool late, const char *block_size) {
    struct device *base = filled ("300001");
    unsigned char *before = malloc (300001), *after = malloc (300001);
    struct device *d;

    CHECK_EQ (device_pread (base, before, 300001, 0, NULL), 0);
    d = MAKE ("cow", GIVE_DEVICE ("device", maybe_late (device_ref (base), late)),
              GIVE ("block_size", block_size));
    CHECK (d && d->facts.can_write);
    model_run (d, 1500, 5);
    device_unref (d);
    d = MAKE ("cow", GIVE_DEVICE ("device", maybe_late (device_ref (base), late)),
              GIVE_DEVICE ("overlay", maybe_late (filled ("310000"), late)),
              GIVE ("block_size", block_size), GIVE ("on_cache", "true"),
              GIVE ("on_read", "true"));
    model_run (d, 1500, 6);
    device_unref (d);
    CHECK_EQ (device_pread (base, after, 300001, 0, NULL), 0);
    CHECK (memcmp (before, after, 300001) == 0);
    free (before);
    free (after);
    device_unref (base);
}

/* What reads do with an overlay that has no room: they read. */
static void cow_without_room (void) {
    struct device *overlay = MAKE ("ram", GIVE ("size", "1M"), GIVE ("limit", "40000"));
    struct device *d = MAKE ("cow", GIVE_DEVICE ("device", filled ("1M")),
                             GIVE_DEVICE ("overlay", overlay), GIVE ("on_read", "true"));
    char data[1000];

    CHECK_EQ (device_pread (d, data, sizeof data, 500000, &last_error), 0);
    CHECK_EQ (last_error.number, 0);
    CHECK_EQ (device_pwrite (d, data, sizeof data, 500000, 0, &last_error), -ENOSPC);
    device_unref (d);
}

static void huge_cow (void) {
    struct device *d =
        MAKE ("cow", GIVE_DEVICE ("device", MAKE ("null", GIVE ("size", "4611686018427387904"))));
    uint64_t last = (UINT64_C (1) << 62) - 5;
    struct extents e;
    char back[6] = "";

    CHECK_EQ (device_pwrite (d, "last!", 5, last, REQUEST_FUA, NULL), 0);
    CHECK_EQ (device_pread (d, back, 5, last, NULL), 0);
    CHECK (strcmp (back, "last!") == 0);
    CHECK_EQ (device_zero (d, UINT64_C (1) << 32, 1 << 20, 0, NULL), 0);
    extents_init (&e, 0, UINT64_C (1) << 62, false);
    CHECK_EQ (device_extents (d, &e, NULL), 0);
    CHECK_EQ (e.n, 2);
    extents_clear (&e);
    device_unref (d);
}

static void refusals (void) {
    CHECK (!MAKE ("cow", GIVE_DEVICE ("device", ram ("1M")), GIVE ("block_size", "5000")));
    CHECK (!MAKE ("cow", GIVE_DEVICE ("device", ram ("1M")), GIVE ("block_size", "2048")));
    CHECK (!MAKE ("cow", GIVE_DEVICE ("device", ram ("1M")),
                  GIVE_DEVICE ("overlay", ram ("1000"))));
    CHECK (strstr (last_error.text, "overlay"));
    CHECK (!MAKE ("cow", GIVE_DEVICE ("device", ram ("1M")),
                  GIVE_DEVICE ("overlay", MAKE ("fill", GIVE ("size", "1M")))));
    CHECK (!MAKE ("cow", GIVE ("block_size", "64k")));
    CHECK (!MAKE ("slice", GIVE ("device", "text")));
}

int main (void) {
    start_pool ();
    for (int late = 0; late < 2; late++) {
        slices (late);
        concats (late);
        where_a_read_stopped (late);
        cows (late, "4096");
        cows (late, "64k");
    }
    cow_without_room ();
    huge_cow ();
    refusals ();
    stop_pool ();
    return check_result ();
}
