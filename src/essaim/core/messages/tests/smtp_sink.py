"""A small SMTP server on the loopback, for tests: it keeps what it accepts, and can refuse."""

import socketserver
import threading
from email import message_from_bytes
from email.policy import default


class _Conversation(socketserver.StreamRequestHandler):
    server: "Sink"

    def handle(self):
        self._say("220 sink")
        recipient = b""
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT") and self.server.refuses(line):
                self._say("451 try again later")
            elif word.startswith(b"RCPT"):
                recipient = line
                self._say("250 ok")
            elif word.startswith(b"DATA"):
                self._say("354 go on")
                self.server.keep(recipient, self._body())
                self._say("250 kept")
            elif word.startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _body(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    """`with Sink() as sink:` listens on a free port; `sink.kept` are the messages accepted."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0):
        super().__init__(("127.0.0.1", port), _Conversation)
        self.kept = []
        self.refused_count = 0
        self.refuse_next = 0
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.shutdown()
        self.server_close()

    def refuses(self, line):
        with self._lock:
            if self.refuse_next == 0:
                return False
            self.refuse_next -= 1
            self.refused_count += 1
            return True

    def keep(self, recipient, body):
        del recipient
        with self._lock:
            self.kept.append(message_from_bytes(body, policy=default))
