"""Trusted time (RFC 3161): an authority says that a checkpoint existed at a moment. Verified when issued, and later.

What is stamped is the text of the signed checkpoint, without its signatures.
"""

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)

from truceline.edges.seal.der import sorted_certificates
from truceline.model.problem import Place, Problem, Unusable

PATIENCE_S = 15.0
MOST_BYTES = 200_000
LATER = "it is asked again when the seal is made again"
REQUEST_TYPE, RESPONSE_TYPE = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who stamps: a short name, the address (empty: only to verify), and the certificates to believe."""

    name: str
    url: str
    roots: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A verified stamp: whose, when, and the response as it came (DER)."""

    authority: str
    at: datetime
    response: bytes


def read_authority(name: str, url: str, roots: Path) -> Authority:
    """An authority whose root certificates are in a PEM file. Raises Unusable."""
    try:
        certificates = x509.load_pem_x509_certificates(roots.read_bytes())
    except (OSError, ValueError) as error:
        remedy = "give the authority's root certificate as PEM"
        raise Unusable([Problem(Place(str(roots)), f"no certificate can be read ({error})", remedy)]) from None
    return Authority(name, url, tuple(certificates))


def ask_stamp(authority: Authority, text: bytes) -> Stamp:
    """A stamp on a text, verified. Raises Unusable with what the authority or the network said."""
    asked = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    request = urllib.request.Request(  # noqa: S310 (checked below)
        authority.url, data=asked.as_bytes(), headers={"Content-Type": REQUEST_TYPE}
    )
    if request.type not in ("http", "https"):
        raise Unusable([Problem(Place(authority.url), "no address of a web service", "begin it with https://")])
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            response = answer.read(MOST_BYTES)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        what = f"no stamp ({getattr(error, 'reason', error)})"
        raise Unusable([Problem(Place(authority.url), what, LATER, fatal=False)]) from None
    try:
        return verify_stamp(authority, response, text, nonce=asked.nonce)
    except ValueError as error:
        raise Unusable([Problem(Place(authority.url), f"no good stamp: {error}", LATER, fatal=False)]) from None


def verify_stamp(authority: Authority, response: bytes, text: bytes, *, nonce: int | None = None) -> Stamp:
    """The stamp that a response is, if it is this authority's and on this text. Raises ValueError."""
    read = read_response(response)
    builder = VerifierBuilder(roots=list(authority.roots), nonce=nonce)
    try:
        builder.build().verify_message(read, text)
    except Exception as error:  # of any kind: what a strict reader says of bytes that are no good stamp
        raise ValueError(f"the stamp is not {authority.name}'s on this text ({error})") from None
    return Stamp(authority.name, read.tst_info.gen_time, response)


def read_response(response: bytes) -> TimeStampResponse:
    """A response, not verified. Raises ValueError if it is none, or a refusal."""
    try:
        read = decode_timestamp_response(sorted_certificates(response))
        if read.status not in (0, 1):
            raise ValueError(f"the authority refused: {read.status_string}")
        _ = read.tst_info.gen_time
    except Exception as error:  # of any kind, likewise
        raise ValueError(f"it is no time stamp ({error})") from None
    return read
