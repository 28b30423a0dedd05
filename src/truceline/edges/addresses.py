"""Addresses over which something may go that nobody else should read."""

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_private(url: str) -> bool:
    """Whether what goes to an address is read by nobody on the way: https, or this machine alone."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
