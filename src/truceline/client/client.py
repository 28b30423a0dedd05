"""The client itself, over the standard library's HTTP."""

import http.client
import random
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from truceline.client.failures import Refused, Unreachable
from truceline.client.features import Feature, Features
from truceline.client.told import Acknowledged, Change, Floor, Stands

T = TypeVar("T")

TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 10.0
TIMEOUT_S = 30.0
SILENCE_S = 45.0  # a stream of changes gives a sign of life every fifteen seconds
BATCH = 500  # lines
BUSY = (429, 503)


class _Fault(msgspec.Struct):
    what: str = ""
    remedy: str = ""


class Client:
    """One connection to a service; not for several threads at once.

    url: where the service is. status: what the sender means to send or read (actual, exercise or test): a service of
    another status refuses. feed_key: for sending; reading needs `sign_in`.
    """

    def __init__(
        self, url: str, *, status: str, feed_key: str | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"{url!r} is no address of a service; give one like https://service.example:8321")
        self._parts, self._context = parts, context
        self._status, self._feed_key = status, feed_key
        self._cookie: str | None = None
        self._connection: http.client.HTTPConnection | None = None

    def send(self, what: str, lines: Iterable[bytes], *, batch: int = BATCH) -> list[Acknowledged]:
        """Send lines of NDJSON (observations, notices, claims, contacts). What was acknowledged is on disk there.

        A batch whose answer is lost is sent again: the service keeps each line once. Raises Refused or Unreachable.
        """
        headers = {
            "Content-Type": "application/x-ndjson",
            "Authorization": f"Bearer {self._feed_key or ''}",
            "Truceline-Status": self._status,
        }
        answers = []
        for some in _batches(lines, batch):
            body = b"\n".join(some)
            answers.append(_read(self._ask("POST", f"/api/v1/{what}", body, headers), Acknowledged))
        return answers

    def sign_in(self, link: str) -> None:
        """Begin a session with a one-time link. Raises Refused if it was used already."""
        key = parse_qs(urlsplit(link).query).get("key", [""])[0]
        body = urlencode({"key": key}).encode()
        answer = self._once("POST", "/sign-in", body, {"Content-Type": "application/x-www-form-urlencoded"})
        cookie = answer.headers.get("set-cookie")
        if answer.status != 303 or cookie is None:
            raise Refused(answer.status, "the link does not sign in", "ask for a new one: truceline link DATA")
        self._cookie = cookie.partition(";")[0]

    def stands(self) -> Stands:
        """How the service stands."""
        return _read(self._get("/api/v1/stands"), Stands)

    def floor(self) -> Floor:
        """All that is shown now."""
        return _read(self._get("/api/v1/floor"), Floor)

    def events(self) -> Features:
        """All events of the last judgement."""
        return self._features("events")

    def incidents(self) -> Features:
        """All incidents of the last judgement."""
        return self._features("incidents")

    def findings(self) -> Features:
        """All findings of the last judgement."""
        return self._features("findings")

    def sensors(self) -> Features:
        """What the last judgement says of the sensors' health."""
        return self._features("sensors")

    def finding(self, id_: str) -> Feature:
        """One finding. Raises Refused (404) if there is none of this id."""
        return _read(self._get(f"/api/v1/findings/{id_}"), Feature)

    def changes(self) -> Iterator[Change]:
        """What changes, as it changes, for ever; a connection that breaks is made again where it broke.

        The first is always `anew`: read the floor then. Raises Unreachable after too many tries.
        """
        last, failures = "", 0
        while failures < TRIES:
            connection = self._connect(SILENCE_S)
            try:
                headers = {"Accept": "text/event-stream", **self._reading()}
                headers |= {"Last-Event-ID": last} if last else {}
                connection.request("GET", "/api/v1/changes", headers=headers)
                answer = connection.getresponse()
                if answer.status != 200:
                    _refuse(answer.status, answer.read())
                for event, id_, data in _server_sent(answer):
                    last, failures = id_ or last, 0
                    if event == "still":  # nothing came for a while
                        continue
                    yield Change(anew=True) if event == "anew" else msgspec.json.decode(data, type=Change)
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            failures += 1
            _wait(failures)
        raise Unreachable(f"{self._parts.netloc} sends nothing any more, after {TRIES} tries")

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _features(self, kind: str) -> Features:
        lines = self._get(f"/api/v1/{kind}").splitlines()
        return Features([msgspec.json.decode(line, type=Feature) for line in lines])

    def _get(self, path: str) -> bytes:
        return self._ask("GET", path, None, self._reading())

    def _reading(self) -> dict[str, str]:
        return {"Cookie": self._cookie} if self._cookie else {}

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        """Ask until there is an answer: what is asked here may be asked twice. Raises Refused or Unreachable."""
        why = ""
        for tries in range(1, TRIES + 1):
            wait_s: float | None = None
            try:
                answer = self._once(method, path, body, headers)
                if answer.status < 300:
                    return answer.data
                if answer.status not in BUSY:
                    _refuse(answer.status, answer.data)
                why = f"it is busy ({answer.status})"
                stated = answer.headers.get("retry-after", "")
                wait_s = float(stated) if stated.isdecimal() else None
            except (OSError, http.client.HTTPException) as error:
                self.close()
                why = str(error) or type(error).__name__
            if tries < TRIES:
                _wait(tries, wait_s)
        raise Unreachable(f"{self._parts.netloc} gave no answer to {method} {path} in {TRIES} tries: {why}")

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> "_Answer":
        if self._connection is None:
            self._connection = self._connect(TIMEOUT_S)
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        data = answer.read()
        status = answer.headers.get("truceline-status")
        if status is not None and status != self._status:
            what = f"the service is {status!r}, but this client was made for {self._status!r}"
            raise Refused(409, what, "name the service that is meant")
        return _Answer(answer.status, {key.lower(): value for key, value in answer.headers.items()}, data)

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=self._context)
        return http.client.HTTPConnection(host, port, timeout=timeout_s)


class _Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    data: bytes


def _batches(lines: Iterable[bytes], most: int) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    for line in lines:
        some.append(line)
        if len(some) == most:
            yield some
            some = []
    if some:
        yield some


def _server_sent(answer: http.client.HTTPResponse) -> Iterator[tuple[str, str, bytes]]:
    """(event, id, data) of each server-sent event."""
    event, id_, data = "", "", b""
    while line := answer.readline():
        line = line.rstrip(b"\r\n")
        field, _, value = line.partition(b": ")
        if field == b"event":
            event = value.decode()
        elif field == b"id":
            id_ = value.decode()
        elif field == b"data":
            data += value
        elif not line and data:
            yield event, id_, data
            event, data = "", b""


def _read(data: bytes, type_: type[T]) -> T:
    return msgspec.json.decode(data, type=type_)


def _refuse(code: int, data: bytes) -> None:
    try:
        fault = msgspec.json.decode(data, type=_Fault)
    except (msgspec.DecodeError, msgspec.ValidationError):
        fault = _Fault(f"the service answered {code}")
    raise Refused(code, fault.what, fault.remedy)


def _wait(tries: int, stated_s: float | None = None) -> None:
    """Longer after each failure, and never all senders at the same time."""
    most = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**tries)
    time.sleep((stated_s or 0.0) + most * (0.5 + random.random() / 2))  # noqa: S311 (spreads senders, hides nothing)
