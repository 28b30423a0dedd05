"""An authority of trusted time for tests: certificates and `openssl ts` behind a small web server on this machine."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256,sha512
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class TestAuthority:
    """Makes stamps; `root` is the file of its root certificate."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.root = folder / "root.pem"
        (folder / "config").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        make = [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
            "-days",
            "3",
        ]
        self._openssl(*make, "-config", "config", "-extensions", "root")
        ask = ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-config", "config"]
        self._openssl(*ask, "-subj", "/CN=Test authority")
        sign = ["x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"]
        self._openssl(*sign, "-days", "3", "-extfile", "config", "-extensions", "stamping", "-out", "tsa.pem")

    def stamp(self, request: bytes) -> bytes:
        """The answer to a request."""
        (self._folder / "request").write_bytes(request)
        self._openssl("ts", "-reply", "-config", "config", "-queryfile", "request", "-out", "answer")
        return (self._folder / "answer").read_bytes()

    def check(self, answer: Path, text: bytes) -> bool:
        """Whether openssl itself finds a stamp good."""
        (self._folder / "text").write_bytes(text)
        command = ["openssl", "ts", "-verify", "-in", str(answer), "-data", "text", "-CAfile", "root.pem"]
        return subprocess.run(command, cwd=self._folder, capture_output=True, check=False).returncode == 0

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The authority's address, while it answers."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = authority.stamp(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, capture_output=True, check=True)
