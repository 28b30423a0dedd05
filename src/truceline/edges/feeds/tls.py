"""TLS with client certificates: each side shows who it is, and knows who may come."""

import ssl
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from truceline.model.problem import Place, Problem, Unusable


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: our certificate with its chain, its key, and the authorities of the other side."""

    certificate: Path
    key: Path
    authorities: Path


def server_side(files: TlsFiles) -> ssl.SSLContext:
    """For a gateway: only clients whose certificate an authority of ours signed may come in. Raises Unusable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    return _loaded(context, files)


def client_side(files: TlsFiles) -> ssl.SSLContext:
    """For a client of a sensor or broker. Raises Unusable."""
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), files)


def _loaded(context: ssl.SSLContext, files: TlsFiles) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key)
        context.load_verify_locations(files.authorities)
    except (OSError, ssl.SSLError) as error:
        where = f"{files.certificate}, {files.key}, {files.authorities}"
        raise Unusable([Problem(Place(where), f"TLS files cannot be used ({error})", "give PEM files")]) from None
    return context


def fingerprint(transport: ssl.SSLObject | None) -> str:
    """SHA-256 (hex) of the other side's certificate, "" if there is none."""
    shown = transport.getpeercert(binary_form=True) if transport is not None else None
    return sha256(shown).hexdigest() if shown else ""


REFUSED = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "the other side shows no certificate: give it one of ours",
    "CERTIFICATE_VERIFY_FAILED": "the other side's certificate is not believed: have an authority of ours sign it",
    "WRONG_VERSION_NUMBER": "the other side speaks no TLS: switch it on there",
    "HTTP_REQUEST": "the other side speaks no TLS: switch it on there",
}


def tls_words(refused: ssl.SSLError) -> str:
    """Why TLS was refused, for whoever has to mend it."""
    reason = refused.reason or type(refused).__name__
    said = f" ({refused.verify_message})" if isinstance(refused, ssl.SSLCertVerificationError) else ""
    return f"TLS refused, {REFUSED.get(reason, reason.replace('_', ' ').lower())}{said}"
