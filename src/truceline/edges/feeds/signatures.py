"""Signatures of sensors that can sign: Ed25519 over the line's canonical JSON (RFC 8785) without its `sig`, in
base64.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def signed_bytes(line: Mapping[str, object]) -> bytes:
    """What is signed of a line. Raises ValueError for what canonical JSON cannot hold."""
    try:
        unsigned: Any = {name: value for name, value in line.items() if name != "sig"}
        return rfc8785.dumps(unsigned)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"the line has no canonical form ({error}): write plain JSON") from None


def sign(line: Mapping[str, object], key: Ed25519PrivateKey) -> str:
    """The signature that a sensor puts into `sig`."""
    return base64.b64encode(key.sign(signed_bytes(line))).decode("ascii")


def public_key(text: str) -> Ed25519PublicKey:
    """A public key of 32 bytes in base64. Raises ValueError."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise ValueError(f"{text[:20]!r} is no Ed25519 public key of 32 bytes in base64") from None


def check_signature(line: Mapping[str, object], key: Ed25519PublicKey) -> None:
    """Raises ValueError if the line is not signed by this key."""
    given = line.get("sig")
    if not isinstance(given, str) or not given:
        raise ValueError("the line is not signed: this sensor signs what it sends")
    try:
        key.verify(base64.b64decode(given, validate=True), signed_bytes(line))
    except (InvalidSignature, binascii.Error):
        raise ValueError("the signature does not fit the line: it was altered, or another signed it") from None
