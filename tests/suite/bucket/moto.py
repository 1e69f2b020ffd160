"""An S3 server for one test: moto, one request at a time, with a list of what was written.

One at a time, as moto looks at a condition and writes in two steps. It prints its port, and ends when
its standard input does.

  PUT /_advance?SECONDS  lets time go by for what is written from then on
  GET /_written          each write that was taken, one JSON object a line, in order
"""

import datetime
import io
import json
import os
import sys
import threading

import moto.s3.models
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ahead = 0
written = []
real_now = moto.s3.models.utcnow
moto.s3.models.utcnow = lambda: real_now() + datetime.timedelta(seconds=ahead)
service = DomainDispatcherApplication(create_backend_app)


def answer(start, text):
    start("200 OK", [("Content-Length", str(len(text)))])
    return [text]


def app(environ, start):
    global ahead
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if path == "/_advance":
        ahead += int(environ["QUERY_STRING"])
        return answer(start, b"")
    if path == "/_written":
        return answer(start, "".join(json.dumps(line) + "\n" for line in written).encode())
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)

    def begin(status, headers, *more):
        if method in ("PUT", "DELETE") and status.startswith("2"):
            key = path.split("/", 2)[-1]
            written.append({"method": method, "key": key, "text": body.decode("utf-8", "replace")})
        return start(status, headers, *more)

    return service(environ, begin)


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


server = make_server("127.0.0.1", 0, app, threaded=False, request_handler=Quiet)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
