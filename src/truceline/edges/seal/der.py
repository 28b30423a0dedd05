"""As much of DER as is needed to put a time stamp's certificates in order.

Many authorities send the set of certificates unsorted, which DER forbids and strict readers refuse. The order is not
signed, so that sorting changes nothing that anyone vouches for.
"""

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0


def sorted_certificates(response: bytes) -> bytes:
    """A TimeStampResp (RFC 3161) with the certificates of its token in DER's order. Raises ValueError if it is none."""
    _, parts = _children(response, 0, len(response), _SEQUENCE)
    if len(parts) != 2:
        return response  # a refusal: no token
    _, token = _children(response, *parts[1], _SEQUENCE)
    if len(token) != 2:
        raise ValueError("the time stamp has no content")
    _, content = _children(response, *token[1], _CONTEXT_0)
    if len(content) != 1:
        raise ValueError("the time stamp has not one content")
    _, signed = _children(response, *content[0], _SEQUENCE)
    for start, end in signed[3:]:
        if response[start] == _CONTEXT_0:
            first, certificates = _children(response, start, end, _CONTEXT_0)
            ordered = b"".join(sorted(response[a:b] for a, b in certificates))
            return response[:first] + ordered + response[end:]
    return response


def _children(data: bytes, start: int, end: int, tag: int) -> tuple[int, list[tuple[int, int]]]:
    """(where the content begins, bounds of each element in it) of the element between start and end."""
    if start >= end or data[start] != tag:
        raise ValueError("the time stamp is not built as one")
    here, stop = _content(data, start, end)
    first, found = here, []
    while here < stop:
        _, after = _content(data, here, stop)
        found.append((here, after))
        here = after
    return first, found


def _content(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Bounds of the content of the element that begins at start, all before end."""
    if start + 2 > end:
        raise ValueError("the time stamp is cut short")
    length, here = data[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        length, here = int.from_bytes(data[here : here + count], "big"), here + count
        if not 1 <= count <= 4:
            raise ValueError("the time stamp is not DER")
    if here + length > end:
        raise ValueError("the time stamp is cut short")
    return here, here + length
