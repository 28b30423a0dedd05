"""The witness over HTTP (C2SP tlog-witness 1.0.0), on the standard library alone.

POST /add-checkpoint                  a signed checkpoint and a consistency proof → a cosignature
GET  /<SHA-256 of origin>/checkpoint  the checkpoint cosigned last, for whoever watches for split views
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from truceline.custody.note import Note, VerifierKey
from truceline.custody.witness import MOST_BYTES, TEXT_TYPE, Refused, Request, read_request, why_refused
from truceline.edges import clock
from truceline.edges.keys import Signer, check_ed25519
from truceline.edges.witness.memory import Memory
from truceline.model.problem import Unusable

PATIENCE_S = 10.0  # with a client that says nothing
MOST_AT_ONCE = 64

_MONITOR = re.compile(r"/([0-9a-f]{64})/checkpoint")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE


class Witness:
    """Judges requests one at a time, remembers before it answers."""

    def __init__(
        self,
        signer: Signer,
        trusted: Mapping[str, Sequence[VerifierKey]],
        memory: Memory,
        *,
        now_us: Callable[[], int] = clock.now_us,
        say: Callable[[str], None] = print,
    ) -> None:
        """trusted: by origin, the keys of the logs to witness."""
        self._signer, self._trusted, self._memory = signer, trusted, memory
        self._now_us, self._say = now_us, say
        self._lock = threading.Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign, or say why not."""
        try:
            request = read_request(body)
        except ValueError as error:
            return Answer(400, f"{error}\n".encode())
        with self._lock:
            try:
                return self._judge(request, body)
            except (OSError, Unusable) as error:
                self._say(f"cannot answer: {error}")
                return Answer(500, b"the witness cannot read or write its memory\n")

    def checkpoint(self, origin_digest: str) -> Answer:
        """The checkpoint cosigned last for a log."""
        try:
            note = self._memory.note(origin_digest)
        except Unusable as unusable:
            self._say(f"cannot answer: {unusable}")
            return Answer(500, b"the witness cannot read its memory\n")
        return Answer(200, note.to_bytes()) if note else Answer(404, b"no such log was cosigned here\n")

    def _judge(self, request: Request, body: bytes) -> Answer:
        new = request.checkpoint
        latest = self._memory.latest(new.origin) if new.origin in self._trusted else None
        refused = why_refused(request, self._trusted, latest, check_ed25519)
        if refused is not None:
            return self._refusal(request, refused, body)
        line = self._signer.cosignature(request.note.text, self._now_us() // 1_000_000)
        ours = {(key.name, key.key_id) for key in self._trusted[new.origin]}
        of_log = tuple(one for one in request.note.signatures if (one.name, one.key_id) in ours)
        self._memory.remember(new.origin, Note(request.note.text, (*of_log, line)))
        self._say(f"cosigned {new.origin} at {new.size}")
        return Answer(200, line.to_line().encode())

    def _refusal(self, request: Request, refused: Refused, body: bytes) -> Answer:
        if refused.evidence:
            path = self._memory.keep_evidence(body)
            self._say(f"REFUSED {request.checkpoint.origin} at {request.checkpoint.size}: {refused.body.strip()}")
            self._say(f"  the request is kept as {path}: the log has signed it")
        return Answer(refused.status, refused.body.encode(), refused.content_type)


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server bound to an address, not yet running: call serve_forever. port 0: any that is free."""
    places = threading.BoundedSemaphore(MOST_AT_ONCE)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "truceline-witness", ""
        timeout = PATIENCE_S

        def do_POST(self) -> None:
            if self.path != "/add-checkpoint":
                return self._send(Answer(404, b"there is only add-checkpoint\n"), close=True)
            length = self.headers.get("Content-Length", "")
            if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > MOST_BYTES:
                return self._send(Answer(413, f"send a length, of at most {MOST_BYTES} bytes\n".encode()), close=True)
            with places:
                return self._send(witness.add_checkpoint(self.rfile.read(int(length))))

        def do_GET(self) -> None:
            match = _MONITOR.fullmatch(self.path)
            return self._send(witness.checkpoint(match[1]) if match else Answer(404, b"no such address\n"))

        def _send(self, answer: Answer, *, close: bool = False) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            if close:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return None  # what matters is said by the witness itself

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            return None  # a client that went away

    return Server((host, port), Handler)
