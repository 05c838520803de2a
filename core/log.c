/* SPDX-License-Identifier: BSD-3-Clause */
/* log.c: one sentence, one line, one write.
 *
 * A line is made in a buffer on the stack and written at once, so that lines of several
 * threads do not mix and the lack of memory can be told.  What a client or a script put
 * into the text cannot forge a line or drive the terminal: control characters are
 * escaped.  The caller's errno is left alone. */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8192 };

struct line {
    size_t n;
    char text[LINE_MAX_BYTES];
};

static void put (struct line *line, const char *text) {
    size_t n = strlen (text), room = sizeof line->text - line->n - 1;
    if (n > room)
        n = room;
    memcpy (line->text + line->n, text, n);
    line->n += n;
    line->text[line->n] = '\0';
}

static void put_escaped (struct line *line, const char *text) {
    static const char letters[] = "abtnvfr"; /* of 7 to 13 */
    char escape[5];

    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char) *p;
        if (c >= 7 && c <= 13)
            snprintf (escape, sizeof escape, "\\%c", letters[c - 7]);
        else if (c < 32 || c == 127)
            snprintf (escape, sizeof escape, "\\x%02x", c);
        else
            snprintf (escape, sizeof escape, "%c", c);
        put (line, escape);
    }
}

static void put_prefix (struct line *line, const char *of) {
    if (of && *of) {
        put_escaped (line, of);
        put (line, ": ");
    }
}

static void put_text (struct line *line, const char *format, va_list args) {
    char text[LINE_MAX_BYTES / 2];
    int n = vsnprintf (text, sizeof text, format, args);

    if (n < 0)
        return;
    size_t end = strlen (text);
    while (end > 0 && text[end - 1] == '\n')
        text[--end] = '\0';
    put_escaped (line, text);
    if ((size_t) n >= sizeof text)
        put (line, "...");
}

/* A place that cannot be written is nobody's to be told of. */
static void write_line (int fd, struct line *line) {
    if (line->n > sizeof line->text - 2)
        line->n = sizeof line->text - 2;
    line->text[line->n++] = '\n';
    for (size_t done = 0; done < line->n;) {
        ssize_t r = write (fd, line->text + done, line->n - done);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return;
        done += (size_t) r;
    }
}

static enum log_to destination (const struct log *log) {
    if (log->to != LOG_TO_DEFAULT)
        return log->to;
    return log->background ? LOG_TO_SYSLOG : LOG_TO_STDERR;
}

static void to_syslog (const struct log *log, const struct line *line) {
    openlog (log->program, LOG_PID, LOG_DAEMON); /* the same each time: no harm in repeating */
    syslog (LOG_ERR, "%s", line->text);
}

void log_verror (const struct log *log, const char *who, const char *format, va_list args) {
    int saved = errno;
    enum log_to to = destination (log);
    bool colour = to == LOG_TO_STDERR && isatty (STDERR_FILENO) && !getenv ("NO_COLOR");
    struct line line;

    line.n = 0;
    line.text[0] = '\0';
    if (to != LOG_TO_SYSLOG)
        put_prefix (&line, log->program);
    put_prefix (&line, log->name);
    put_prefix (&line, who);
    if (colour)
        put (&line, "\033[1;31m");
    put (&line, "error: ");
    errno = saved; /* for %m */
    put_text (&line, format, args);
    if (colour) {
        if (line.n > sizeof line.text - 16)
            line.n = sizeof line.text - 16;
        put (&line, "\033[0m");
    }

    if (to == LOG_TO_STDERR)
        write_line (STDERR_FILENO, &line);
    else if (to == LOG_TO_FILE)
        write_line (log->fd, &line);
    else if (to == LOG_TO_SYSLOG)
        to_syslog (log, &line);
    errno = saved;
}

void log_vdebug (const struct log *log, const char *who, const char *format, va_list args) {
    int saved = errno;
    struct line line;

    if (!log->verbose)
        return;
    line.n = 0;
    line.text[0] = '\0';
    put_prefix (&line, log->program);
    put_prefix (&line, log->name);
    put_prefix (&line, who);
    put (&line, "debug: ");
    errno = saved;
    put_text (&line, format, args);
    write_line (STDERR_FILENO, &line);
    errno = saved;
}

void log_error (const struct log *log, const char *who, const char *format, ...) {
    va_list args;
    va_start (args, format);
    log_verror (log, who, format, args);
    va_end (args);
}

void log_failure (const struct log *log, const char *who, const struct error *error) {
    if (!error->told)
        log_error (log, who, "%s", error->text);
}

void log_debug (const struct log *log, const char *who, const char *format, ...) {
    if (!log->verbose)
        return;
    va_list args;
    va_start (args, format);
    log_vdebug (log, who, format, args);
    va_end (args);
}
