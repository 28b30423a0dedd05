"""A report from the field → a line of contract 1 of the patrol that made it, kept once."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.edges import clock
from truceline.edges.intake import read_line
from truceline.edges.people.roles import Seat
from truceline.edges.store.door import Received
from truceline.edges.store.exhibits import Unfit
from truceline.model.instant import format_utc

if TYPE_CHECKING:
    from truceline.edges.live.service import Service

TIME_SIGMA_S, AT_SIGMA_M, AZIMUTH_SIGMA_DEG = 60.0, 50.0, 10.0  # of a person with a watch and a compass
PHOTOS = ("image/jpeg", "image/png")
RESTRICTED = "our movement was restricted"


class FieldReport(msgspec.Struct, kw_only=True):
    """What a device sends: one report."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}$")]
    sensor: str
    kind: str
    time: str
    azimuth_deg: float | None = None
    range_m: tuple[float, float] | None = None
    count: int | None = None
    text: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    consent: bool = False
    at: tuple[float, float] | None = None


class Photo(msgspec.Struct):
    """A photo that comes with a report."""

    data: bytes
    media_type: str


def patrols_of(service: "Service", seat: Seat) -> list[str]:
    """The patrols of a seat's nation; in an exercise, where seats are of no nation, all."""
    everyone = seat.exercise and seat.nation == "exercise"
    sensors = service.mission.network.sensors
    return [one.id for one in sensors if one.kind == "patrol" and (everyone or one.provider == seat.nation)]


async def keep_report(service: "Service", seat: Seat, report: FieldReport, photo: Photo | None) -> tuple[str, bool]:
    """Keep a report; on return it is durable. Its id in the log, and whether it was kept before. Raises ValueError with
    what is wrong and what to do."""
    id_ = f"P-{report.id}"
    if service.store.find("observation", id_) is not None:
        return id_, True
    if report.sensor not in patrols_of(service, seat):
        raise ValueError("the patrol is not of your nation; choose another")
    if report.kind == "statement" and not report.consent:
        raise ValueError("a statement is kept only with the consent of whoever made it; ask for it")
    if photo is not None and photo.media_type not in PHOTOS:
        raise ValueError(f"a photo is one of {', '.join(PHOTOS)}; save it as one of these")
    line = _line(report, id_, seat)
    if photo is not None:
        try:
            kept = await service.receive_exhibit(photo.data, photo.media_type)
        except Unfit as unfit:
            raise ValueError(f"{unfit.problems[0].what}; {unfit.problems[0].remedy}") from None
        line["exhibits"] = [{"sha256": kept.sha256, "media_type": kept.media_type}]
    data = canonical_json(line)
    try:
        read_line("observation", data, service.mission.agreement, service.mission.network)
    except ValueError as error:
        raise ValueError(f"{error}; mend the report and send it again") from None
    await service.keep([Received("observation", id_, data)])
    return id_, False


def _line(report: FieldReport, id_: str, seat: Seat) -> dict[str, Any]:
    """The report as a line of contract 1."""
    line: dict[str, Any] = {
        "id": id_, "sensor": report.sensor, "time": report.time, "time_sigma_s": TIME_SIGMA_S, "by": seat.id,
        "received": format_utc(clock.now_us(), digits=6),
    }  # fmt: skip
    if report.at is not None:
        line |= {"at": list(report.at), "at_sigma_m": AT_SIGMA_M}
    if report.kind == "restriction":
        return line | {"kind": "restriction", "what": report.text or RESTRICTED}
    line |= {"kind": "report", "count": "uncountable" if report.count is None else report.count}
    line["seen" if report.kind == "seen" else "heard"] = True
    if report.text:
        line["text"] = report.text
    if report.kind == "statement":
        line |= {"statement": True, "consent": True}
    if report.azimuth_deg is not None:
        line |= {"azimuth_deg": report.azimuth_deg, "azimuth_sigma_deg": AZIMUTH_SIGMA_DEG}
    if report.range_m is not None:
        line["range_m"] = list(report.range_m)
    return line
