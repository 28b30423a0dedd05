"""How the service is reached: the port, TLS, and the witnesses that were named."""

import errno
import socket
import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from cryptography import x509

from truceline.edges import clock
from truceline.edges.addresses import LOOPBACK
from truceline.edges.doctor.look import Look
from truceline.edges.seal.witnesses import latest_at
from truceline.model.instant import US_PER_S
from truceline.model.problem import Unusable

PATIENCE_S = 3.0
SOON_DAYS = 30
NEED_TLS = "give --certificate and --key, or let a proxy that has them stand before it and name it by --url"


def port(host: str, number: int) -> Iterator[Look]:
    """Whether the port is free, or a service answers there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, number), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _answers(host, number):
            yield Look("ok", "port", f"a service of this kind answers at {host}:{number}")
            return
        yield Look("fail", "port", f"{host}:{number} cannot be listened on ({error.strerror})",
                   "end what listens there, or name another by --port")  # fmt: skip
        return
    yield Look("ok", "port", f"{host}:{number} is free")


def _answers(host: str, number: int) -> bool:
    connection = HTTPConnection(host, number, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == 200 and answer.getheader("Truceline-Status") is not None
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def tls(host: str, certificate: Path | None, key: Path | None, url: str | None) -> Iterator[Look]:
    """Whether others can reach it, and then only by TLS; whether the certificate can be used, and for how long."""
    if certificate is None:
        if host not in LOOPBACK:
            yield Look(
                "fail", "TLS", f"{host} can be reached from other machines, and there is no certificate", NEED_TLS
            )
        elif url is not None and url.startswith("https://"):
            yield Look("ok", "TLS", f"a proxy is to bring it: {url}")
        else:
            yield Look("warn", "TLS", "none: the service is for this machine alone", NEED_TLS)
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        yield Look("fail", "TLS", f"certificate and key cannot be used together ({error.strerror or error})",
                   "give both as PEM, the key without a passphrase")  # fmt: skip
        return
    leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    days = (leaf.not_valid_after_utc - datetime.fromtimestamp(clock.now_us() / US_PER_S, UTC)).days
    if days < 0:
        yield Look("fail", "TLS", f"the certificate ended {-days} days ago", "have a new one issued")
    elif days < SOON_DAYS:
        yield Look("warn", "TLS", f"the certificate ends in {days} days", "have a new one issued")
    else:
        yield Look("ok", "TLS", f"the certificate holds for {days} days")


def witnesses(origin: str, urls: Sequence[str]) -> Iterator[Look]:
    """Whether each witness that was named answers."""
    for url in urls:
        try:
            note = latest_at(url, origin)
        except Unusable as unusable:
            yield Look("fail", "witness", f"{url}: {unusable.problems[0].what}", "ask whoever runs it, or name another")
            continue
        known = "has cosigned this log" if note is not None else "answers; it has not cosigned this log yet"
        yield Look("ok", "witness", f"{url} {known}")
