"""Asking witnesses for their cosignatures, as a log does (C2SP tlog-witness 1.0.0)."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable

from truceline.custody.checkpoint import read_checkpoint, read_size
from truceline.custody.note import Note, Signature, VerifierKey, read_note, read_signature, verify_note
from truceline.custody.witness import SIZE_TYPE, Request
from truceline.edges.keys import check_ed25519
from truceline.edges.witness.memory import origin_hash
from truceline.model.problem import Place, Problem, Unusable

PATIENCE_S = 10.0
MOST_BYTES = 1_000_000
LATER = "it is asked again with: truceline cosign"


def ask_witness(
    url: str, key: VerifierKey, note: Note, consistency: Callable[[int, int], tuple[bytes, ...]]
) -> Signature:
    """The cosignature of a witness under a signed checkpoint. Raises Unusable with what the witness or network said.

    consistency: (earlier size, later size) → proof from our own tree.
    """
    checkpoint = read_checkpoint(note.text)
    # What it cosigned last we do not keep: it says so itself (409) when the old size is not that.
    old = 0
    for _ in range(3):
        path = consistency(old, checkpoint.size) if old else ()
        status, kind, body = _post(f"{url.rstrip('/')}/add-checkpoint", Request(old, path, note, checkpoint).to_bytes())
        if status == 200:
            return _cosignature(url, key, note, body)
        if status != 409 or kind.partition(";")[0] != SIZE_TYPE:
            raise _problem(url, f"the witness refused ({status}): {body[:200].decode('utf-8', 'replace').strip()}")
        try:
            old = read_size(body.decode("ascii").rstrip("\n"))
        except ValueError:
            raise _problem(url, "the witness answered with no size") from None
        if old > checkpoint.size:
            what = f"the witness has cosigned {old} entries, more than the {checkpoint.size} of this checkpoint"
            raise Unusable([Problem(Place(url), what, "find out who signed them: the log may have been copied")])
    raise _problem(url, "the log grew while the witness was being asked")


def latest_at(url: str, origin: str) -> Note | None:
    """The checkpoint that a witness cosigned last for a log; None if none. Raises Unusable."""
    address = f"{url.rstrip('/')}/{origin_hash(origin)}/checkpoint"
    status, _, body = _ask(urllib.request.Request(address))  # noqa: S310 (checked in _ask)
    if status == 404:
        return None
    if status != 200:
        raise _problem(url, f"the witness answered {status}")
    try:
        return read_note(body)
    except ValueError as error:
        raise _problem(url, str(error)) from None


def _cosignature(url: str, key: VerifierKey, note: Note, body: bytes) -> Signature:
    """The line of the witness's own key among those that it sent; lines of other keys are passed over."""
    try:
        lines = [read_signature(line) for line in body.decode("utf-8").split("\n")[:-1]]
        ours = [line for line in lines if (line.name, line.key_id) == (key.name, key.key_id)]
        if ours and verify_note(Note(note.text, (ours[0],)), [key], check_ed25519):
            return ours[0]
    except ValueError as error:
        raise _problem(url, f"the witness's answer cannot be used: {error}") from None
    raise _problem(url, f"the witness's answer bears no signature of {key.name}")


def _post(url: str, body: bytes) -> tuple[int, str, bytes]:
    return _ask(urllib.request.Request(url, data=body, headers={"Content-Type": "text/plain; charset=utf-8"}))  # noqa: S310


def _ask(request: urllib.request.Request) -> tuple[int, str, bytes]:
    """(status, content type, body) of an answer. Raises Unusable if none comes."""
    if request.type not in ("http", "https"):
        raise Unusable([Problem(Place(request.full_url), "no address of a web service", "begin it with https://")])
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            return answer.status, answer.headers.get("Content-Type", ""), answer.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Content-Type", ""), error.read(MOST_BYTES)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise _problem(request.full_url, f"no answer ({getattr(error, 'reason', error)})") from None


def _problem(url: str, what: str) -> Unusable:
    return Unusable([Problem(Place(url), what, LATER, fatal=False)])
