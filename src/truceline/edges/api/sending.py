"""Bytes that come in → inputs to be kept. Every line is kept as it came, whether it can be used or not; only what
a person said without consent is not."""

from hashlib import sha256

from truceline.custody.personal import consent_fault, may_name
from truceline.edges.api.bodies import NotUsed
from truceline.edges.intake import usable_id
from truceline.edges.store.door import Received
from truceline.model.case import Case

MOST_LINES = 5_000  # of one batch
MOST_BODY = 16 * 1024**2  # bytes of one batch


def lines_in(kind: str, body: bytes, mission: Case) -> tuple[list[Received], list[NotUsed]]:
    """The inputs of a batch (NDJSON), and which of its lines cannot be used. Those are kept as set aside,
    under their digest: a line mended later may have the same id."""
    inputs: list[Received] = []
    faults: list[NotUsed] = []
    persons = may_name(body)
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        if persons and (fault := consent_fault(line)) is not None:
            faults.append(NotUsed(number, f"{fault}; it was not kept"))
            continue
        try:
            inputs.append(Received(kind, usable_id(kind, line, mission.agreement, mission.network), line))
        except ValueError as error:
            faults.append(NotUsed(number, str(error)))
            inputs.append(Received("set_aside", f"line {sha256(line).hexdigest()[:32]}", line))
    return inputs, faults
