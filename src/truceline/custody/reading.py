"""JSON of strangers → a value of a stated type, or ValueError: whatever the bytes are, and however deep they nest."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


def texts(value: object) -> list[str]:
    """The texts of a list; none if it is no list."""
    return [str(one) for one in value] if isinstance(value, list) else []


def decode(data: bytes, type_: type[T]) -> T:
    """The value that the bytes are. Raises ValueError, with what is wrong, for any other."""
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it nests too deep") from None
