/* SPDX-License-Identifier: BSD-3-Clause */
/* password.c: a secret, from wherever the user keeps it.
 *
 * On the command line every other user of the machine can read it; so it may also come
 * from the terminal, an open descriptor or a file.  A message never repeats it. */
#include "params.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* The first line, without its newline; no line at all is an empty password. */
static int read_line (const char *what, FILE *file, char **password, struct error *error) {
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline (&line, &room, file);

    if (n < 0 && ferror (file)) {
        int number = errno;
        free (line);
        return error_set (error, number, "%s: reading the password: %s", what,
                          strerror (number));
    }
    if (n < 0) {
        free (line);
        line = strdup ("");
    } else if (n > 0 && line[n - 1] == '\n')
        line[n - 1] = '\0';
    if (!line)
        return error_set (error, ENOMEM, "%s: no memory for the password", what);
    *password = line;
    return 0;
}

static int from_terminal (const char *what, char **password, struct error *error) {
    FILE *file = fopen ("/dev/tty", "r+e");
    struct termios with_echo, without;

    if (!file || tcgetattr (fileno (file), &with_echo) < 0) {
        if (file)
            fclose (file);
        return error_set (error, ENOTTY, "%s: there is no terminal to ask for the password on",
                          what);
    }
    without = with_echo;
    without.c_lflag &= ~(tcflag_t) ECHO;
    fprintf (file, "%s: ", what);
    fflush (file);
    tcsetattr (fileno (file), TCSAFLUSH, &without);
    int r = read_line (what, file, password, error);
    tcsetattr (fileno (file), TCSAFLUSH, &with_echo);
    fputc ('\n', file);
    fclose (file);
    return r;
}

/* The descriptor is closed: what it held has been read. */
static int from_descriptor (const char *what, const char *text, char **password,
                            struct error *error) {
    uint64_t fd;
    if (parse_unsigned (what, text, &fd, NULL) < 0 || fd > INT_MAX || fd <= STDERR_FILENO)
        return error_set (error, EINVAL, "%s: '-%s' names no descriptor above 2", what, text);
    FILE *file = fdopen ((int) fd, "r");
    if (!file)
        return error_set (error, errno, "%s: reading the password from descriptor %s: %s", what,
                          text, strerror (errno));
    int r = read_line (what, file, password, error);
    fclose (file);
    return r;
}

static int from_file (const char *what, const char *path, char **password,
                      struct error *error) {
    FILE *file = fopen (path, "re");
    if (!file)
        return error_set (error, errno, "%s: reading the password from %s: %s", what, path,
                          strerror (errno));
    int r = read_line (what, file, password, error);
    fclose (file);
    return r;
}

int parse_password (const char *what, const char *text, bool interactive, char **password,
                    struct error *error) {
    if (strcmp (text, "-") == 0 && !interactive)
        return error_set (error, ENOTTY, "%s: there is no terminal to ask for the password on",
                          what);
    if (strcmp (text, "-") == 0)
        return from_terminal (what, password, error);
    if (text[0] == '-')
        return from_descriptor (what, text + 1, password, error);
    if (text[0] == '+')
        return from_file (what, text + 1, password, error);
    *password = strdup (text);
    return *password ? 0 : error_set (error, ENOMEM, "%s: no memory for the password", what);
}
