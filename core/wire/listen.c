/* SPDX-License-Identifier: BSD-3-Clause */
/* listen.c: sockets that wait for clients, of every kind.
 *
 * A kind is a row of kinds[].  Whatever cannot be had is told in words: which folder,
 * which port, who is there already.  A Unix socket's file is removed only by a listener
 * that made it (n > 0), so that a second server cannot take away the first one's. */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vm_sockets.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef HAVE_SELINUX
#include <selinux/selinux.h>
#endif

enum { FDS_MAX = 16, PORT_TRIES = 16 };
static const char default_port[] = "10809"; /* registered for NBD */

static void close_all (struct listener *l) {
    for (unsigned i = 0; i < l->n; i++)
        if (l->fd[i] >= 0)
            close (l->fd[i]);
    for (unsigned i = 0; i < FDS_MAX; i++)
        l->fd[i] = -1;
    l->n = 0;
}

/* The label of the sockets that this thread makes from now on; NULL for the usual one. */
#ifdef HAVE_SELINUX
static int set_label (const char *label, struct error *error) {
    if (setsockcreatecon_raw (label) < 0)
        return error_set (error, errno, "the SELinux label '%s': %s", label ? label : "",
                          strerror (errno));
    return 0;
}
#else
static int set_label (const char *label, struct error *error) {
    if (!label)
        return 0;
    return error_set (error, ENOTSUP,
                      "the SELinux label '%s': this program was built without SELinux", label);
}
#endif

static int make_socket (const struct listener *l, int family, struct error *error) {
    if (l->label) {
        int r = set_label (l->label, error);
        if (r < 0)
            return r;
    }
    int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int number = errno;
    if (l->label)
        set_label (NULL, NULL);
    return fd >= 0 ? fd : -number;
}

static void keep (struct listener *l, int fd) {
    l->fd[l->n++] = fd;
}

/* Somebody has this name: is it a socket that nobody answers on? */
static int check_stale (const struct sockaddr_un *address, struct error *error) {
    const char *path = address->sun_path;
    struct stat st;

    if (lstat (path, &st) == 0 && !S_ISSOCK (st.st_mode))
        return error_set (error, EEXIST, "%s: a file that is not a socket is there already",
                          path);
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set (error, errno, "%s: %s", path, strerror (errno));
    int r = connect (fd, (const struct sockaddr *) address, sizeof *address);
    int number = errno;
    close (fd);
    if (r == 0 || number == EAGAIN || number == EINPROGRESS)
        return error_set (error, EADDRINUSE, "%s: a server is already listening there", path);
    if (number == ECONNREFUSED || number == ENOENT)
        return 0;
    return error_set (error, EADDRINUSE, "%s: a socket is there already: %s", path,
                      strerror (number));
}

static int complain_unix (const char *path, int number, struct error *error) {
    char folder[sizeof ((struct sockaddr_un *) 0)->sun_path + 1];
    const char *slash = strrchr (path, '/');

    snprintf (folder, sizeof folder, "%.*s", slash ? (int) (slash - path) : 1,
              slash ? path : ".");
    if (folder[0] == '\0')
        strcpy (folder, "/");
    if (number == ENOENT || number == ENOTDIR)
        return error_set (error, number, "%s: there is no folder %s to make the socket in",
                          path, folder);
    if (number == EACCES || number == EROFS || number == EPERM)
        return error_set (error, number, "%s: no socket may be made in the folder %s: %s", path,
                          folder, strerror (number));
    return error_set (error, number, "%s: making the socket: %s", path, strerror (number));
}

static int bind_unix (struct listener *l, struct error *error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen (l->path) >= sizeof address.sun_path)
        return error_set (error, ENAMETOOLONG,
                          "%s: the name of a socket can have %zu characters at most", l->path,
                          sizeof address.sun_path - 1);
    strcpy (address.sun_path, l->path);

    int fd = make_socket (l, AF_UNIX, error);
    if (fd < 0)
        return error_set (error, -fd, "%s: %s", l->path, strerror (-fd));
    int r = bind (fd, (struct sockaddr *) &address, sizeof address);
    if (r < 0 && errno == EADDRINUSE) {
        r = check_stale (&address, error);
        if (r < 0)
            goto failed;
        unlink (l->path);
        r = bind (fd, (struct sockaddr *) &address, sizeof address);
    }
    if (r < 0) {
        r = complain_unix (l->path, errno, error);
        goto failed;
    }
    if (listen (fd, SOMAXCONN) < 0) {
        r = error_set (error, errno, "%s: listening: %s", l->path, strerror (errno));
        unlink (l->path);
        goto failed;
    }
    keep (l, fd);
    return 0;
failed:
    close (fd);
    return r;
}

static in_port_t *port_of (struct sockaddr *address) {
    if (address->sa_family == AF_INET6)
        return &((struct sockaddr_in6 *) address)->sin6_port;
    return &((struct sockaddr_in *) address)->sin_port;
}

/* Bind one address; PORT is what an earlier one got, or 0.  0 or -errno. */
static int bind_address (struct listener *l, const struct addrinfo *a, in_port_t *port,
                         struct error *error) {
    struct sockaddr_storage address;
    socklen_t length = a->ai_addrlen;
    int one = 1;

    memcpy (&address, a->ai_addr, length);
    if (*port)
        *port_of ((struct sockaddr *) &address) = *port;
    int fd = make_socket (l, a->ai_family, error);
    if (fd < 0)
        return fd;
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (a->ai_family == AF_INET6)
        setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind (fd, (struct sockaddr *) &address, length) < 0 || listen (fd, SOMAXCONN) < 0 ||
        getsockname (fd, (struct sockaddr *) &address, &length) < 0) {
        int number = errno;
        close (fd);
        return -number;
    }
    *port = *port_of ((struct sockaddr *) &address);
    keep (l, fd);
    return 0;
}

/* Has a list the same address twice, as names in /etc/hosts have? */
static bool seen_before (const struct addrinfo *list, const struct addrinfo *a) {
    for (; list != a; list = list->ai_next)
        if (list->ai_addrlen == a->ai_addrlen &&
            memcmp (list->ai_addr, a->ai_addr, a->ai_addrlen) == 0)
            return true;
    return false;
}

/* This machine has no such family: no reason to do without the others. */
static bool family_is_missing (int r) {
    return r == -EAFNOSUPPORT || r == -EPROTONOSUPPORT || r == -EADDRNOTAVAIL;
}

/* All addresses with one port.  -EADDRINUSE with *PORT set: the port that the kernel gave
 * for one family is taken in another. */
static int bind_list (struct listener *l, const struct addrinfo *list, in_port_t *port,
                      struct error *error) {
    int missing = 0;

    *port = 0;
    for (const struct addrinfo *a = list; a && l->n < FDS_MAX; a = a->ai_next) {
        if ((a->ai_family != AF_INET && a->ai_family != AF_INET6) || seen_before (list, a))
            continue;
        int r = bind_address (l, a, port, error);
        if (family_is_missing (r))
            missing = r;
        else if (r < 0) {
            close_all (l);
            return r;
        }
    }
    return l->n ? 0 : missing ? missing : -EADDRNOTAVAIL;
}

static int check_port (const char *port, struct error *error) {
    uint64_t number;
    char *end;

    number = strtoull (port, &end, 10);
    if (*port == '\0' || (*end == '\0' && (number > 65535 || *port == '-')))
        return error_set (error, EINVAL,
                          "port '%s': a number from 0 to 65535 is wanted, or a name "
                          "from /etc/services",
                          port);
    return 0;
}

static int bind_tcp (struct listener *l, struct error *error) {
    const struct addrinfo hints = {
        .ai_flags = AI_PASSIVE, .ai_family = l->family, .ai_socktype = SOCK_STREAM};
    const char *port = l->port ? l->port : default_port, *where = l->host ? l->host : "";
    const char *at = l->host ? " of " : "";
    struct addrinfo *list;
    in_port_t number = 0;

    int r = check_port (port, error);
    if (r < 0)
        return r;
    r = getaddrinfo (l->host, port, &hints, &list);
    if (r != 0)
        return error_set (error, EINVAL, "TCP port %s%s%s: %s", port, at, where,
                          gai_strerror (r));
    bool any_port = strtoul (port, NULL, 10) == 0 && strspn (port, "0") == strlen (port);
    for (int i = 0; i < (any_port ? PORT_TRIES : 1); i++) {
        r = bind_list (l, list, &number, error);
        if (r != -EADDRINUSE)
            break;
    }
    freeaddrinfo (list);
    if (r < 0)
        return error_set (error, -r, "TCP port %s%s%s: %s", port, at, where,
                          r == -EADDRINUSE ? "a server is already listening there"
                                           : strerror (-r));
    char *chosen = NULL;
    if (asprintf (&chosen, "%u", ntohs (number)) < 0) {
        close_all (l);
        return error_set (error, ENOMEM, "TCP port %s: no memory", port);
    }
    free (l->port);
    l->port = chosen;
    return 0;
}

static int bind_vsock (struct listener *l, struct error *error) {
    const char *port = l->port ? l->port : default_port;
    struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY};
    socklen_t length = sizeof address;
    char *end, *chosen = NULL;

    uint64_t number = strtoull (port, &end, 10);
    if (*port < '0' || *port > '9' || *end != '\0' || number > UINT32_MAX)
        return error_set (error, EINVAL, "vsock port '%s': a number of 32 bits is wanted",
                          port);
    address.svm_port = number ? (uint32_t) number : VMADDR_PORT_ANY;
    int fd = make_socket (l, AF_VSOCK, error);
    if (fd < 0)
        return error_set (error, -fd, "vsock port %s: %s", port, strerror (-fd));
    if (bind (fd, (struct sockaddr *) &address, sizeof address) < 0 ||
        listen (fd, SOMAXCONN) < 0 ||
        getsockname (fd, (struct sockaddr *) &address, &length) < 0) {
        int r = error_set (error, errno, "vsock port %s: %s", port, strerror (errno));
        close (fd);
        return r;
    }
    if (asprintf (&chosen, "%" PRIu32, address.svm_port) < 0) {
        close (fd);
        return error_set (error, ENOMEM, "vsock port %s: no memory", port);
    }
    free (l->port);
    l->port = chosen;
    keep (l, fd);
    return 0;
}

/* Sockets that somebody else made: are they what they should be? */
static int check_fds (struct listener *l, struct error *error) {
    for (unsigned i = 0; i < l->n; i++) {
        int listening = 0, flags = fcntl (l->fd[i], F_GETFL);
        socklen_t length = sizeof listening;
        if (flags < 0 ||
            getsockopt (l->fd[i], SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0)
            return error_set (error, errno,
                              "descriptor %d, which was handed to this server: %s", l->fd[i],
                              strerror (errno));
        if (!listening)
            return error_set (error, EINVAL,
                              "descriptor %d, which was handed to this server, is "
                              "not a listening socket",
                              l->fd[i]);
        fcntl (l->fd[i], F_SETFL, flags | O_NONBLOCK);
        fcntl (l->fd[i], F_SETFD, FD_CLOEXEC);
    }
    return 0;
}

int listener_bind (struct listener *l, struct error *error) {
    static int (*const kinds[]) (struct listener *, struct error *) = {
        [LISTEN_UNIX] = bind_unix,
        [LISTEN_TCP] = bind_tcp,
        [LISTEN_VSOCK] = bind_vsock,
        [LISTEN_FD] = check_fds,
    };
    return kinds[l->kind](l, error);
}

int listener_private (struct listener *l, struct error *error) {
    const char *tmp = getenv ("TMPDIR");
    size_t room = sizeof ((struct sockaddr_un *) 0)->sun_path - sizeof "/steleXXXXXX/socket";

    if (!tmp || tmp[0] != '/' || strlen (tmp) > room)
        tmp = "/tmp";
    l->kind = LISTEN_UNIX;
    if (asprintf (&l->folder, "%s/steleXXXXXX", tmp) < 0) {
        l->folder = NULL;
        return error_set (error, ENOMEM, "no memory for a private socket");
    }
    if (!mkdtemp (l->folder)) {
        int r = error_set (error, errno, "making a private folder in %s: %s", tmp,
                           strerror (errno));
        free (l->folder);
        l->folder = NULL;
        return r;
    }
    if (asprintf (&l->path, "%s/socket", l->folder) < 0) {
        l->path = NULL;
        return error_set (error, ENOMEM, "no memory for a private socket");
    }
    return 0;
}

void listener_remove (struct listener *l) {
    if (l->kind == LISTEN_UNIX && l->path && l->n > 0)
        unlink (l->path);
    if (l->folder)
        rmdir (l->folder);
    close_all (l);
    free (l->path);
    free (l->folder);
    free (l->host);
    free (l->port);
    l->path = l->folder = l->host = l->port = NULL;
}
