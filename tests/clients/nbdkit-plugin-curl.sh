#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's curl plugin: a disk on a web server is read by ranges, and what the web server
# says no to is an error of one request.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin curl
need python3 nbdcopy nbdsh

# A web server that knows ranges; /broken has a size, and fails from 1 MiB on.
cat >web.py <<'SCRIPT'
import http.server, os, re

disk = open("disk", "rb").read()

class Disk(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", len(body))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if self.path not in ("/disk", "/broken"):
            self.answer(404, b"no such disk")
        elif self.path == "/disk" and self.headers.get("Cookie") != "stone=1":
            self.answer(403, b"no cookie")
        elif not wanted:
            self.answer(200, disk, Accept_Ranges="bytes")
        elif self.path == "/broken" and int(wanted[1]) >= 1 << 20:
            self.answer(500, b"the disk is broken")
        else:
            first, last = int(wanted[1]), int(wanted[2])
            self.answer(206, disk[first:last + 1],
                        Content_Range=f"bytes {first}-{last}/{len(disk)}")

    do_HEAD = do_GET

    def log_message(self, *words):
        print(self.command, self.path, self.headers.get("Range"), flush=True)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Disk)
with open("port.new", "w") as file:
    print(server.server_port, file=file)
os.rename("port.new", "port")
server.serve_forever()
SCRIPT

head -c 3000001 /dev/urandom >disk
python3 web.py >requests 2>&1 &
web=$!
trap 'kill $web; wait' EXIT
wait_for test -e port
url=http://127.0.0.1:$(cat port)
unset http_proxy https_proxy all_proxy # of whoever runs the test

"$STELE" -r -U - "$plugin" "$url/disk" cookie=stone=1 --run 'nbdcopy "$uri" back'
cmp disk back
grep -q 'GET /disk bytes=' requests || fail "no ranges were asked for: $(cat requests)"

"$STELE" -r -U - "$plugin" url="$url/disk" cookie=stone=1 --run 'nbdsh -u "$uri" -c "
disk = open(\"disk\", \"rb\").read()
assert h.get_size() == len(disk) and h.is_read_only()
for offset, count in ((0, 1), (511, 2), (4095, 70000), (len(disk) - 1, 1)):
    assert h.pread(count, offset) == disk[offset:offset + count]
"'
grep -q 'GET /disk bytes=511-' requests || fail "not the range: $(cat requests)"

# The first MiB can be read, also after the rest could not.
"$STELE" -r -U - "$plugin" "$url/broken" --run 'nbdsh -u "$uri" -c "
h.pread(512, 0)
try:
    h.pread(512, 1 << 20)
    assert False
except nbd.Error as error:
    assert error.errno == \"EIO\", error
assert h.pread(512, 512) == open(\"disk\", \"rb\").read()[512:1024]
"' 2>said
holds "$(cat said)" 500

# What is not there cannot be opened, and the client is told why.
refused "$STELE" -r -U - "$plugin" "$url/nothing" --run 'nbdinfo --size "$uri"'
holds "$said" 404
refused "$STELE" -r -U - --log=null "$plugin" "$url/nothing" \
    --run 'LIBNBD_DEBUG=1 nbdinfo --size "$uri"'
holds "$said" 404
refused "$STELE" -r -U - "$plugin" "$url/disk" --run 'nbdinfo --size "$uri"'
holds "$said" 403
refused "$STELE" -r -U - "$plugin" --run true
holds "$said" url
