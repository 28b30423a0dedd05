"""Lines of contract 1 read back as the nouns they were written from, as far as pages show them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from truceline.model.event import Ellipse, Event, Origin
from truceline.model.finding import Finding, Reason
from truceline.model.instant import parse_utc

Fields = Mapping[str, Any]


def read_event(line: bytes) -> Event:
    """An event."""
    feature = msgspec.json.decode(line)
    of, (lon, lat) = feature["properties"], feature["geometry"]["coordinates"]
    origin = Origin(
        time_us=parse_utc(of["time"]), time_sigma_s=of["time_sigma_s"], lon=lon, lat=lat,
        ellipse50=_ellipse(of["ellipse50"]), ellipse90=_ellipse(of["ellipse90"]), ellipse95=_ellipse(of["ellipse95"]),
        made_by=of["made_by"],
    )  # fmt: skip
    return Event(
        id=of["id"], anchor=of["anchor"], origin=origin, labels=tuple(sorted(of["labels"].items())),
        existence=of["existence"], observations=tuple(of["observations"]), sensors=of["sensors"],
        providers=tuple(of["providers"]), reasons=tuple(of.get("reasons", ())),
    )  # fmt: skip


def read_finding(line: bytes) -> Finding:
    """A finding."""
    of = msgspec.json.decode(line)["properties"]
    return Finding(
        id=of["id"], incident=of["incident"], time_us=parse_utc(of["time"]), events=tuple(of["events"]),
        provisions=tuple(of["provisions"]), occurrence=of["occurrence"],
        responsibility=tuple(sorted(of["responsibility"].items())), outcome=of["outcome"], party=of.get("party"),
        robustness=of["robustness"], evidence=of["evidence"], reasons=_reasons(of["reasons"]), words=of["words"],
        status=of["status"], independence=tuple(sorted(of.get("independence", {}).items())),
        supersedes=of.get("supersedes"),
    )  # fmt: skip


def made_by(line: bytes) -> Mapping[str, str]:
    """The digests of code and inputs that a finding was made by."""
    found: Mapping[str, str] = msgspec.json.decode(line)["properties"]["made_by"]
    return found


def _ellipse(of: Fields) -> Ellipse:
    return Ellipse(of["semi_major_m"], of["semi_minor_m"], of["azimuth_deg"])


def _reasons(of: Sequence[Fields]) -> tuple[Reason, ...]:
    return tuple(Reason(one["words"], _reasons(one.get("because", ()))) for one in of)
