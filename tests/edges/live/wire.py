"""A wire to a service, and what may happen to it."""

import socket
import struct
import threading
from contextlib import suppress

AT_ONCE_CLOSED = struct.pack("ii", 1, 0)  # SO_LINGER: what is on its way is lost, the other side is told at once
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Wire:
    """A wire to a port of this machine. It can be cut: what is on it is lost then, and nobody gets through until it is
    mended; or blocked: nothing gets through, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._to, self._ends = port, list[socket.socket]()
        self._lock, self._whole, self._free = threading.Lock(), True, threading.Event()
        self._free.set()
        self._instead = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, instead: bytes = b"") -> None:
        """Until it is mended, whoever comes is given these bytes."""
        with self._lock:
            self._whole, self._instead = False, instead
            for end in self._ends:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_CLOSED)
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._ends.clear()

    def mend(self) -> None:
        with self._lock:
            self._whole = True
        self._free.set()

    def block(self) -> None:
        """What is sent from now on waits until it is mended."""
        self._free.clear()

    def close(self) -> None:
        self._free.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near = self._listening.accept()[0]
            except OSError:
                return
            with self._lock:
                if not self._whole:
                    with suppress(OSError):
                        near.sendall(self._instead)
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65_536):
                self._free.wait()
                other.sendall(part)
            other.shutdown(socket.SHUT_RDWR)
