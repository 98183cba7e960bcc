"""A subscriber: takes webhooks over TLS, checks each with the library of the scheme, and keeps it.

usage: hook_sink.py DIRECTORY LIBRARY

LIBRARY is where the package standardwebhooks lies. Writes the authority of its certificate to
DIRECTORY/ca.pem and prints its port. The secret to check with is in DIRECTORY/secret. A message
that the library takes is answered with 204 and kept as DIRECTORY/1.json, 2.json …; another with
401.
"""

import http.server
import itertools
import pathlib
import ssl
import sys
import threading

try:
    import trustme
    sys.path.append(sys.argv[2])
    from standardwebhooks import Webhook, WebhookVerificationError
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

directory = pathlib.Path(sys.argv[1])
numbers = itertools.count(1)


class Subscriber(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            secret = (directory / "secret").read_text().strip()
            Webhook(secret).verify(body, dict(self.headers))
        except WebhookVerificationError as error:
            self.send_response(401, str(error))
        else:
            (directory / f"{next(numbers)}.json").write_bytes(body)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


authority = trustme.CA()
authority.cert_pem.write_to_path(str(directory / "ca.pem"))
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Subscriber)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(context)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
