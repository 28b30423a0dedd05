"""Areas that an alert can be over, and an alert that was sent as a CAP message. Nothing here sends by itself: a person
decides, the log keeps it, and whoever may see it fetches it."""

from collections.abc import Iterator
from dataclasses import dataclass

from truceline.findings.alerts import LEAST_AREA_M2, MONITORS, Sent
from truceline.findings.decision import id_of
from truceline.formats.cap_write import STATUS, CapAlert, Kind, Reference, write_cap
from truceline.geo.cells import cell_of, cell_ring, coarse_resolution
from truceline.geo.outline import outline_area_m2
from truceline.model.agreement import Agreement
from truceline.model.ground import Ring

DIGITS = 4  # of a degree: some 10 m
KINDS: dict[str, Kind] = {"alert": "Alert", "update": "Update", "cancel": "Cancel"}
EVENTS = {True: "Danger to monitors", False: "Danger to civilians"}
FOR_WHOM = {
    True: "Monitors of the mission and their duty desk",
    False: "Civil protection authorities, who decide what the public is told",
}
SENDER_NAME = "Ceasefire monitoring mission. Without prejudice to the final judgment of States"


@dataclass(frozen=True)
class Choice:
    """An area of the agreement that an alert may be over: what a form calls it, what people call it, its outline."""

    key: str
    name: str
    ring: Ring
    area_m2: float


def choices_of(agreement: Agreement) -> tuple[Choice, ...]:
    """The polygons of the agreement that are large enough to show no place."""
    return tuple(one for one in _choices(agreement) if one.area_m2 >= min(LEAST_AREA_M2.values()))


def _choices(agreement: Agreement) -> Iterator[Choice]:
    for area in agreement.areas:
        for number, polygon in enumerate(area.polygons, start=1):
            name = area.named("en") + (f" ({number})" if len(area.polygons) > 1 else "")
            ring = rounded(polygon[0])
            yield Choice(f"{area.id}#{number}", name, ring, outline_area_m2(ring))


def cell_over(lon: float, lat: float, audience: str) -> Ring:
    """The outline of the cell of the grid that holds a place, as large as this audience's alerts must be. The place
    itself goes no further. Raises ValueError for one that is not on the globe."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("the place is not on the globe; give longitude and latitude in degrees")
    return rounded(cell_ring(cell_of(lon, lat, coarse_resolution([(lon, lat)], 1.01 * LEAST_AREA_M2[audience]))))


def rounded(ring: Ring) -> Ring:
    """An outline as it is logged and told."""
    return tuple((round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in ring)


def cap_of(one: Sent, before: Sent | None, origin: str, status: str) -> bytes:
    """The CAP message of an alert. before: the alert that it updates or calls off."""
    alert, sender = one.alert, "".join("-" if sign in " ,<&" else sign for sign in origin)
    of_monitors = alert.audience == MONITORS
    references = (
        () if before is None else (Reference(sender=sender, identifier=_name(sender, before), sent_us=before.at_us),)
    )
    return write_cap(
        CapAlert(
            identifier=_name(sender, one), sender=sender, sent_us=one.at_us, status=STATUS[status],
            kind=KINDS[alert.kind], scope="Restricted", audience=FOR_WHOM[of_monitors], category="Safety",
            event=EVENTS[of_monitors], response=alert.response.title().replace("_", ""),
            urgency=alert.urgency.title(), severity=alert.severity.title(), certainty=alert.certainty.title(),
            expires_us=alert.until_us, sender_name=SENDER_NAME, headline=_marked(alert.headline, status),
            description=_marked(alert.words, status), instruction=alert.instruction, area=alert.area, ring=alert.ring,
            references=references,
        )
    )  # fmt: skip


def _name(sender: str, one: Sent) -> str:
    return f"{sender}/{id_of(one.number)}"


def _marked(text: str, status: str) -> str:
    """Words that cannot be taken for reality where they are none, whatever a program shows of the message."""
    return text if status == "actual" else f"{status.upper()}: {text}"
