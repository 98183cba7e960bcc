#!/usr/bin/env python3
"""A mail relay for tests. It keeps every message it takes as one file, and misbehaves on request.

    python smtp_sink.py DIRECTORY [--port PORT] [--tls none|starttls|implicit]
                        [--user NAME --password WORD] [--slow SECONDS]

It listens on 127.0.0.1, prints the port as the first line of its output, and ends when its
standard input is closed. PORT 0, the default, takes a free one.

Each message becomes DIRECTORY/NNNNNN-LOCALPART.eml: the bytes between DATA and the final dot, put
there by one rename, so that who sees a file sees all of it. The order of the names is the order
of arrival. Nothing else in DIRECTORY ends in .eml.

How the local part of the recipient begins decides what happens:

    defer…    RCPT is answered 451
    refuse…   RCPT is answered 550
    part…     the connection is closed at RCPT, before any message
    reject…   the message is answered 554, and not kept
    drop…     the message is kept, and the connection closed without an answer
    slow…     the message is kept, and answered after SECONDS (60)
    else      the message is kept and answered 250

With --tls, a throw-away authority issues a certificate for localhost and 127.0.0.1, and its own
certificate is in DIRECTORY/ca.pem (needs the package trustme). With --user, nobody may send
without logging in.

Needs the package aiosmtpd. When a package is missing it says so and ends with status 3.
"""

import argparse
import asyncio
import os
import pathlib
import re
import ssl
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError as missing:
    print(f"missing: {missing.name}", file=sys.stderr)
    sys.exit(3)


class Sink:
    def __init__(self, directory, slow):
        self.directory = directory
        self.slow = slow
        self.kept = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0].lower()
        if local.startswith("defer"):
            return "451 4.3.0 not now,\tplease"
        if local.startswith("refuse"):
            return "550 5.1.1 nobody of that name"
        if local.startswith("part"):
            server.transport.close()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0].lower()
        if local.startswith("reject"):
            return "554 5.7.1 not with these words"
        self.keep(local, envelope.content)
        if local.startswith("drop"):
            server.transport.close()
            return "421 gone"
        if local.startswith("slow"):
            await asyncio.sleep(self.slow)
        session.kept = getattr(session, "kept", 0) + 1
        return f"250 kept as {self.kept}, {session.kept} in this connection"

    def keep(self, local, content):
        self.kept += 1
        name = f"{self.kept:06d}-{re.sub('[^a-z0-9+._-]', '_', local)[:60]}.eml"
        unfinished = self.directory / f".{name}.part"
        unfinished.write_bytes(content)
        os.rename(unfinished, self.directory / name)


def tls_context(directory):
    try:
        import trustme
    except ImportError as missing:
        print(f"missing: {missing.name}", file=sys.stderr)
        sys.exit(3)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


async def serve(asked):
    directory = pathlib.Path(asked.directory)
    directory.mkdir(parents=True, exist_ok=True)
    context = tls_context(directory) if asked.tls != "none" else None
    settings = {"hostname": "sink.example", "enable_SMTPUTF8": True, "timeout": 300}
    if asked.tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if asked.user:
        expected = (asked.user.encode(), (asked.password or "").encode())

        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == expected, handled=False)

        settings |= {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": False,
        }
    sink = Sink(directory, asked.slow)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, **settings),
        "127.0.0.1",
        asked.port,
        ssl=context if asked.tls == "implicit" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--slow", type=float, default=60)
    asyncio.run(serve(parser.parse_args()))
