"""The service put together and run: store, workers, application, the web server."""

import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from truceline.edges.addresses import LOOPBACK
from truceline.edges.api.app import application
from truceline.edges.clock import rest
from truceline.edges.live.data_folder import DataFolder, open_store
from truceline.edges.live.service import Service
from truceline.model.problem import Place, Problem, Unusable

MOST_AT_ONCE = 1_000  # connections; more are told 503
STOP_S = 3  # for answers that are under way when the service ends


@dataclass(frozen=True)
class Address:
    """Where the service listens, the files of its TLS certificate and key (none: loopback only), and what people type
    to reach it, if that is another address."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    public: str | None = None

    @property
    def secure(self) -> bool:
        return self.certificate is not None

    def url(self, port: int) -> str:
        """The address as people type it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{port}"


class Running:
    """A service with its socket bound; `run` serves until it is told to stop."""

    def __init__(self, data: DataFolder, mission: Path | None, address: Address) -> None:
        if not address.secure and address.host not in LOOPBACK:
            what = f"{address.host} can be reached from other machines, and there is no certificate"
            remedy = "give --certificate and --key, or listen on 127.0.0.1 behind a proxy that has them"
            raise Unusable([Problem(Place("--host"), what, remedy)])
        store = open_store(data, mission)
        try:
            self.listening = socket.create_server(
                (address.host, address.port), family=socket.AF_INET6 if ":" in address.host else socket.AF_INET,
                backlog=256,
            )  # fmt: skip
            # Connections inherit it (asyncio asks for it only where a socket is said to be TCP, which this is not).
            # Without, the second part of each answer waits until the first was acknowledged: a client's system may take
            # 40 ms for that.
            self.listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            store.close()
            what = f"{address.host}:{address.port} cannot be listened on ({error.strerror})"
            raise Unusable([Problem(Place("--port"), what, "end what listens there, or name another port")]) from None
        self.service = Service(data, store)
        self.url = address.url(self.listening.getsockname()[1])
        self.public = (address.public or self.url).rstrip("/")
        secure = address.secure or self.public.startswith("https://")
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(self.service, secure=secure, url=self.public), log_config=None, access_log=False,
                server_header=False, timeout_graceful_shutdown=STOP_S, h11_max_incomplete_event_size=65_536,
                limit_concurrency=MOST_AT_ONCE,
                ssl_certfile=address.certificate, ssl_keyfile=address.key, http="auto", lifespan="on",
            )
        )  # fmt: skip

    def sign_in_link(self) -> str:
        """A new link that signs one person in to an exercise, once."""
        return f"{self.public}/sign-in?key={self.service.people.new_link()}"

    def run(self) -> None:
        """Serve until interrupted."""
        self._server.run(sockets=[self.listening])

    def stop(self) -> None:
        """Ask it to end; from any thread."""
        self._server.should_exit = True

    def wait_until_started(self) -> None:
        """Until it answers."""
        while not self._server.started:
            rest(0.05)
