"""A log that someone publishes (C2SP tlog-tiles), in a folder or on the web: its checkpoint and its tiles."""

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from truceline.custody.checkpoint import read_checkpoint
from truceline.custody.note import Note, read_note
from truceline.custody.tiles import WIDTH, Tile
from truceline.model.problem import Place, Problem, Unusable

PATIENCE_S = 10.0
MOST_BYTES = 20_000_000


class Published:
    """A published log, read only."""

    def __init__(self, where: str) -> None:
        """where: a folder, or an address that begins with http:// or https://."""
        self._where = where.rstrip("/")
        self._web = where.startswith(("http://", "https://"))
        note = self._read("checkpoint")
        if note is None:
            raise Unusable([Problem(Place(where), "no checkpoint is published there", "check the address")])
        try:
            self.note: Note = read_note(note)
            self._size = read_checkpoint(self.note.text).size
        except ValueError as error:
            raise Unusable([Problem(Place(where), str(error), "ask who publishes the log")]) from None

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile, as many as the checkpoint lets be there; empty if there is none."""
        width = min(WIDTH, (self._size >> 8 * level) - index * WIDTH)
        if width <= 0:
            return b""
        found = self._read(Tile(False, level, index, width).path)
        if found is None and width < WIDTH:  # the full one may have come since
            found = self._read(Tile(False, level, index, WIDTH).path)
        return found or b""

    def _read(self, path: str) -> bytes | None:
        """The bytes of a file; None if there is none. Raises Unusable if nobody answers."""
        try:
            if not self._web:
                return (Path(self._where) / path).read_bytes()
            with urllib.request.urlopen(f"{self._where}/{path}", timeout=PATIENCE_S) as answer:  # noqa: S310
                data: bytes = answer.read(MOST_BYTES)
                return data
        except FileNotFoundError:
            return None
        except urllib.error.HTTPError as error:
            with error:
                if error.code in (404, 410):
                    return None
            what = f"the server answers {error.code}"
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            what = f"cannot be read ({getattr(error, 'reason', error)})"
        raise Unusable([Problem(Place(f"{self._where}/{path}"), what, "try again later, or another copy")])
