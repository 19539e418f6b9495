"""A mail server on this machine that refuses, is busy, or takes what it is given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BUSY = "451 4.3.2 try again later"


class Session(socketserver.StreamRequestHandler):
    """One conversation (RFC 5321), as far as a client of one e-mail goes."""

    def handle(self) -> None:
        self.say("220 ready")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.say(BUSY if self.server.is_busy else "250 taken")
            elif verb == b"DATA":
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append((to, text))
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 goodbye")
                return
            else:
                self.say("250 well")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Who was sent what, in the order of arrival."""

    allow_reuse_address = True
    daemon_threads = True
    is_busy = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.taken: list[tuple[str, bytes]] = []


@contextmanager
def listening(port: int) -> Iterator[MailServer]:
    with MailServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
