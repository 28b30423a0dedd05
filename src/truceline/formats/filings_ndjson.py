"""notices.ndjson, claims.ndjson, contacts.ndjson and known.ndjson of contract 1: one JSON object a line.

notice   id, party, activity, lodged, received?, from, until, lon, lat, radius_m, count?, yield_kg?
claim    id, party, accuses, time, lon, lat, radius_m, class, count?, text?
contact  id, from, to, kind, time, about?
known    id, time, lon, lat, class, party, sigma_m?, sigma_s?
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from truceline.formats.fields import Fields, not_json
from truceline.model.filing import CONTACT_KINDS, Claim, Contact, Notice
from truceline.model.known import Known
from truceline.model.problem import Place

MOST_LINE_BYTES = 1024 * 1024
SURVEYED_M, TIMED_S = 5.0, 0.05  # how well a blast is known if nothing is said of it

T = TypeVar("T")


def read_notice(line: bytes) -> Notice:
    """One line as a notice. Raises ValueError, saying which field is wrong and why."""
    return _read(line, _notice)


def read_claim(line: bytes) -> Claim:
    """One line as a claim. Raises ValueError, saying which field is wrong and why."""
    return _read(line, _claim)


def read_contact(line: bytes) -> Contact:
    """One line as a contact. Raises ValueError, saying which field is wrong and why."""
    return _read(line, _contact)


def read_known(line: bytes) -> Known:
    """One line as a blast that the mission surveyed itself. Raises ValueError, saying which field is wrong and why."""
    return _read(line, _known)


def _read(line: bytes, build: Callable[[Fields], T]) -> T:
    if len(line) > MOST_LINE_BYTES:
        raise ValueError(f"the line has {len(line):,} bytes; keep it under {MOST_LINE_BYTES:,}")
    try:
        table = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"the line is {not_json(line, error)}") from None
    if not isinstance(table, dict):
        raise ValueError("the line is not a JSON object")
    fields = Fields(table, lambda field: Place("", field=field))
    record = build(fields)
    if fields.faulty:
        raise ValueError("; ".join(f"{problem.what} ({problem.remedy})" for problem in fields.problems))
    return record


def _notice(fields: Fields) -> Notice:
    start, end = fields.span()
    for field in ("from", "until"):
        if fields.table.get(field) is None:
            fields.fault(field, f"required field {field!r} is missing", f"add {field!r}")
    lodged = fields.instant("lodged")
    received = fields.instant_or_none("received")
    return Notice(
        id=fields.text("id"),
        party=fields.text("party"),
        activity=fields.text("activity"),
        lodged_us=lodged,
        received_us=lodged if received is None else received,
        from_us=start or 0,
        until_us=end or 0,
        lon=fields.number("lon", least=-180.0, most=180.0),
        lat=fields.number("lat", least=-90.0, most=90.0),
        radius_m=fields.number("radius_m", least=0.0, most=2e7),
        count=fields.whole_or_none("count"),
        yield_kg=fields.number_or_none("yield_kg", least=0.0),
    )


def _claim(fields: Fields) -> Claim:
    return Claim(
        id=fields.text("id"),
        party=fields.text("party"),
        accuses=fields.text("accuses"),
        time_us=fields.instant("time"),
        lon=fields.number("lon", least=-180.0, most=180.0),
        lat=fields.number("lat", least=-90.0, most=90.0),
        radius_m=fields.number("radius_m", least=0.0, most=2e7),
        class_=fields.text("class"),
        count=fields.whole_or_none("count"),
        text=fields.text_or_none("text"),
    )


def _contact(fields: Fields) -> Contact:
    return Contact(
        id=fields.text("id"),
        sender=fields.text("from"),
        to=fields.text("to"),
        kind=fields.choice("kind", CONTACT_KINDS),
        time_us=fields.instant("time"),
        about=fields.text_or_none("about"),
    )


def _known(fields: Fields) -> Known:
    sigma_m, sigma_s = (fields.number_or_none(name, least=0.0, most=1e5) for name in ("sigma_m", "sigma_s"))
    return Known(
        id=fields.text("id"),
        time_us=fields.instant("time"),
        lon=fields.number("lon", least=-180.0, most=180.0),
        lat=fields.number("lat", least=-90.0, most=90.0),
        class_=fields.text("class"),
        party=fields.text("party"),
        sigma_m=SURVEYED_M if sigma_m is None else sigma_m,
        sigma_s=TIMED_S if sigma_s is None else sigma_s,
    )
