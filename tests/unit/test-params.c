/* SPDX-License-Identifier: BSD-3-Clause */
/* What text stands for which value, and what is said of text that stands for none. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/params.h"
#include "check.h"

static void sizes (void) {
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        {"0", 0},
        {"512", 512},
        {"010", 10},
        {" 7", 7},
        {"+7", 7},
        {"1b", 1},
        {"3s", 1536},
        {"1k", 1024},
        {"1K", 1024},
        {"1M", 1 << 20},
        {"1g", 1 << 30},
        {"1T", UINT64_C (1) << 40},
        {"1P", UINT64_C (1) << 50},
        {"7E", UINT64_C (7) << 60},
        {"9223372036854775807", INT64_MAX},
    };
    static const char *const bad[] = {"",
                                      "x",
                                      "-1",
                                      "1.5M",
                                      "1MB",
                                      "MiB",
                                      "0x10",
                                      "1 k",
                                      "k",
                                      "1kk",
                                      "8E",
                                      "9223372036854775808",
                                      "99999999999999999999999"};
    uint64_t value;
    char text[32];

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct error error = {0};
        CHECK_EQ (parse_size ("it", good[i].text, &value, &error), 0);
        CHECK_EQ (value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error error = {0};
        CHECK_EQ (parse_size ("it", bad[i], &value, &error), -EINVAL);
        CHECK (strncmp (error.text, "it: ", 4) == 0);
    }
    CHECK (strcmp (format_size (text, 0), "0") == 0);
    CHECK (strcmp (format_size (text, 1023), "1023") == 0);
    CHECK (strcmp (format_size (text, 16384), "16k") == 0);
    CHECK (strcmp (format_size (text, 1536), "1.5k") == 0);
    CHECK (strcmp (format_size (text, UINT64_MAX), "16.0E") == 0);
}

static void numbers (void) {
    uint64_t u;
    int64_t i;
    bool b;

    CHECK (parse_unsigned ("", "0x10", &u, NULL) == 0 && u == 16);
    CHECK (parse_unsigned ("", "010", &u, NULL) == 0 && u == 8);
    CHECK (parse_unsigned ("", "18446744073709551615", &u, NULL) == 0 && u == UINT64_MAX);
    CHECK (parse_unsigned ("", "18446744073709551616", &u, NULL) < 0);
    CHECK (parse_unsigned ("", "-1", &u, NULL) < 0);
    CHECK (parse_unsigned ("", " -1", &u, NULL) < 0);
    CHECK (parse_unsigned ("", "1x", &u, NULL) < 0);
    CHECK (parse_unsigned ("", "", &u, NULL) < 0);
    CHECK (parse_integer ("", "-0x10", &i, NULL) == 0 && i == -16);
    CHECK (parse_integer ("", "-9223372036854775808", &i, NULL) == 0 && i == INT64_MIN);
    CHECK (parse_integer ("", "9223372036854775808", &i, NULL) < 0);
    CHECK (parse_integer ("", "", &i, NULL) < 0);
    CHECK (parse_boolean ("", "Yes", &b, NULL) == 0 && b);
    CHECK (parse_boolean ("", "OFF", &b, NULL) == 0 && !b);
    CHECK (parse_boolean ("", "2", &b, NULL) < 0);
    CHECK (parse_boolean ("", "", &b, NULL) < 0);
}

static void times_and_chances (void) {
    static const char *const bad_delay[] = {"",  "-1",  "nan",  "inf", "1m",
                                            "x", "0x1", "1e30", "s"};
    static const char *const bad_chance[] = {"",   "-1",  "nan", "inf", "1/0",
                                             "1:", "1%%", "x",   "1:-1"};
    uint64_t ns;
    double p;

    CHECK (parse_delay ("", "1", &ns, NULL) == 0 && ns == 1000000000);
    CHECK (parse_delay ("", "1.5s", &ns, NULL) == 0 && ns == 1500000000);
    CHECK (parse_delay ("", "100ms", &ns, NULL) == 0 && ns == 100000000);
    CHECK (parse_delay ("", "2us", &ns, NULL) == 0 && ns == 2000);
    CHECK (parse_delay ("", "2\xce\xbcs", &ns, NULL) == 0 && ns == 2000);
    CHECK (parse_delay ("", "2\xc2\xb5s", &ns, NULL) == 0 && ns == 2000);
    CHECK (parse_delay ("", "7ns", &ns, NULL) == 0 && ns == 7);
    for (size_t i = 0; i < sizeof bad_delay / sizeof bad_delay[0]; i++)
        CHECK_EQ (parse_delay ("", bad_delay[i], &ns, NULL), -EINVAL);

    CHECK (parse_probability ("", "0.25", &p, NULL) == 0 && p == 0.25);
    CHECK (parse_probability ("", "25%", &p, NULL) == 0 && p == 0.25);
    CHECK (parse_probability ("", "1:4", &p, NULL) == 0 && p == 0.25);
    CHECK (parse_probability ("", "1/4", &p, NULL) == 0 && p == 0.25);
    CHECK (parse_probability ("", "0/0", &p, NULL) == 0 && p == 0);
    CHECK (parse_probability ("", "2", &p, NULL) == 0 && p == 2);
    for (size_t i = 0; i < sizeof bad_chance / sizeof bad_chance[0]; i++)
        CHECK_EQ (parse_probability ("", bad_chance[i], &p, NULL), -EINVAL);
}

static void passwords (void) {
    char *password = NULL, name[32];
    int fds[2];

    CHECK (parse_password ("", "secret", false, &password, NULL) == 0);
    CHECK (password && strcmp (password, "secret") == 0);
    free (password);
    FILE *file = fopen ("password", "w");
    if (file) {
        fputs ("from a file\nmore\n", file);
        fclose (file);
    }
    CHECK (parse_password ("", "+password", false, &password, NULL) == 0);
    CHECK (password && strcmp (password, "from a file") == 0);
    free (password);
    CHECK (parse_password ("", "+missing", false, &password, NULL) == -ENOENT);
    CHECK (parse_password ("", "-", false, &password, NULL) == -ENOTTY);
    CHECK (parse_password ("", "-0", false, &password, NULL) == -EINVAL);
    CHECK (parse_password ("", "-2", false, &password, NULL) == -EINVAL);
    CHECK (parse_password ("", "-x", false, &password, NULL) == -EINVAL);
    CHECK (parse_password ("", "-999", false, &password, NULL) == -EBADF);
    if (pipe (fds) == 0) {
        CHECK_EQ (write (fds[1], "piped", 5), 5);
        close (fds[1]);
        snprintf (name, sizeof name, "-%d", fds[0]);
        CHECK (parse_password ("", name, false, &password, NULL) == 0);
        CHECK (password && strcmp (password, "piped") == 0);
        free (password);
        CHECK (fcntl (fds[0], F_GETFD) < 0);
    }
}

static const struct parameter list[] = {
    {.name = "size", .type = PARAM_size, .required = true, .bare = true, .doc = "how large"},
    {.name = "kind-of", .type = PARAM_choice, .choices = "one|two", .fallback = "one"},
    {.name = "file", .type = PARAM_path, .many = true},
    {.name = "wait", .type = PARAM_delay, .fallback = "1s"},
    {.name = "old", .type = PARAM_boolean, .hidden = true},
    {0},
};

static void lists (void) {
    struct arguments a;
    struct error error = {0};

    CHECK_EQ (arguments_init (&a, list), 0);
    CHECK_EQ (arguments_give (&a, "me", "sise", "1", &error), -EINVAL);
    CHECK (strcmp (error.text, "me: unknown parameter 'sise': did you mean 'size'?") == 0);
    error = (struct error){0};
    CHECK_EQ (arguments_give (&a, "me", "kind_of", "twoo", &error), -EINVAL);
    CHECK (strstr (error.text, "did you mean 'two'?") != NULL);
    error = (struct error){0};
    CHECK_EQ (arguments_complete (&a, "me", &error), -EINVAL);
    CHECK (strstr (error.text, "'size'") != NULL);

    error = (struct error){0};
    CHECK_EQ (arguments_give (&a, "me", "size", "1k", &error), 0);
    CHECK_EQ (arguments_give (&a, "me", "size", "2k", &error), 0);
    CHECK_EQ (arguments_give (&a, "me", "kind_of", "two", &error), 0);
    CHECK_EQ (arguments_give (&a, "me", "file", "/a", &error), 0);
    CHECK_EQ (arguments_give (&a, "me", "file", "b", &error), 0);
    CHECK_EQ (arguments_complete (&a, "me", &error), 0);
    CHECK_EQ (arguments_get (&a, "size")->u, 2048);
    CHECK (strcmp (arguments_get (&a, "kind-of")->s, "two") == 0);
    CHECK (strcmp (arguments_get (&a, "file")->s, "/a") == 0);
    CHECK (arguments_get (&a, "file")->more && arguments_get (&a, "file")->more->s[0] == '/');
    CHECK (arguments_get (&a, "wait")->set && !arguments_get (&a, "wait")->given);
    CHECK_EQ (arguments_get (&a, "wait")->u, 1000000000);
    CHECK (!arguments_get (&a, "old")->set);
    arguments_clear (&a);

    char *help = parameters_help (list);
    CHECK (help && strstr (help, "[size=]SIZE") && strstr (help, "kind-of=one|two") &&
           strstr (help, "(default 1s)") && strstr (help, "(required) how large") &&
           !strstr (help, "old"));
    free (help);
}

int main (void) {
    sizes ();
    numbers ();
    times_and_chances ();
    passwords ();
    lists ();
    return check_result ();
}
