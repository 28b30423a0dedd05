"""The sentences of `Given:`, each a fact, and the facts they make together.

E1 is outgoing, PLACE, TIME                          an event; `weapon "122mm howitzer"` if somebody named it
E2 is a track of uav, PLACE, TIME                    `height 300 m`, `speed 4 m/s` if somebody measured them
E2 goes on, PLACE, TIME                              its next fix
S1 is a sighting of 3 × "T-72 tank", PLACE, TIME     `2–5 ×`, `uncountable ×`, `"tank" of PARTY`
R1 is a restriction "denied", PLACE, TIME
D1 is damage to "School No 3", PLACE, TIME           `by impact 90 % or fire 10 %` if the observers say so
I1 is an inspection of SITE, TIME                    `found 3 of 4 × "122mm howitzer"`, `access "denied"`
N1 is a notice of demolition by PARTY, 500 m around PLACE, received TIME, from TIME until TIME, count 2
C1 is a coordination_request from PARTY to PARTY, TIME, about ID
map "A" shows PARTY holding AREA, from TIME          `until TIME`, `± 50 m`
the record begins at TIME
known at TIME                                        later rulings and filings are not yet known
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypedDict

from truceline.model.agreement import Agreement, Area
from truceline.model.event import Event, Origin
from truceline.model.filing import CONTACT_KINDS, Contact, Notice
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import Instant
from truceline.model.observation import (
    CLASSES,
    MOVING,
    Damage,
    Fix,
    InspectedItem,
    Inspection,
    Labels,
    Observation,
    Report,
    Restriction,
    Track,
)
from truceline.terms.cases.phrases import (
    NUMBER,
    Ground,
    Place,
    clauses,
    instant,
    is_place,
    is_time,
    labels,
    number,
    one_of,
    only,
    place,
    time,
)
from truceline.terms.facts import Facts

ID = r"(?P<id>[\w.:-]+)"
COUNT = r"(?:(?P<least>\d+)(?:\s*[–-]\s*(?P<most>\d+))?|(?P<many>uncountable))\s*[×x]\s*"
CONTACTS = "|".join(CONTACT_KINDS)
SOURCE = "the case"


@dataclass
class Given:
    """The facts of one case, as they are told."""

    agreement: Agreement
    ground: Ground
    events: dict[str, Event] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    maps: dict[str, list[HeldGround]] = field(default_factory=dict)
    from_us: Instant | None = None
    as_of_us: Instant | None = None

    def tell(self, sentence: str) -> None:
        """Take one more fact. Raises ValueError with what to do."""
        parts = clauses(sentence)
        for pattern, take in SENTENCES:
            found = re.match(pattern, parts[0])
            if found is not None:
                take(self, found, parts[1:])
                return
        raise ValueError(f"{parts[0]!r} is no fact; write it like 'E1 is outgoing, PLACE, TIME'")

    @property
    def ids(self) -> tuple[str, ...]:
        """What somebody may have done: events, and what was observed besides."""
        apart = [one.id for one in self.observations if not isinstance(one, Track | Report)]
        return (*self.events, *apart)

    def facts(self) -> Facts:
        return Facts(
            events=tuple(self.events.values()),
            notices=tuple(self.notices),
            contacts=tuple(self.contacts),
            observations=tuple(self.observations),
            maps=tuple(ControlMap(mapper, tuple(areas)) for mapper, areas in self.maps.items()),
            from_us=self.from_us,
            as_of_us=self.as_of_us,
        )

    def new(self, id_: str) -> str:
        known = {*self.ids, *(notice.id for notice in self.notices), *(contact.id for contact in self.contacts)}
        if id_ in known:
            raise ValueError(f"{id_} is told already; give each fact an id of its own")
        return id_


def _event(given: Given, found: re.Match[str], rest: list[str]) -> None:
    id_ = given.new(found["id"])
    at, when, other = _place_and_time(given, rest)
    if at is None:
        raise ValueError("an event is somewhere: say where, and how sure, like 'at 37.8 48.1 ± 500 m'")
    given.events[id_] = _made(id_, at, when, labels(found["labels"], CLASSES))
    for clause in other:
        weapon = _match(clause, r'weapon "(?P<weapon>[^"]+)"', "weapon")["weapon"]
        common = _common(f"{id_}:report", when, labels_=given.events[id_].labels)
        given.observations.append(Report(**common, heard=True, weapon=weapon))


def _track(given: Given, found: re.Match[str], rest: list[str]) -> None:
    id_ = given.new(found["id"])
    one_of(found["class"], MOVING, "class of what moves")
    at, when, other = _place_and_time(given, rest)
    if at is None:
        raise ValueError("a track is somewhere: say where")
    given.events[id_] = _made(id_, at, when, ((found["class"], 1.0),), path=((at.lon, at.lat),))
    _fix(given, id_, at, when, other)


def _goes_on(given: Given, found: re.Match[str], rest: list[str]) -> None:
    id_ = one_of(found["id"], [one for one, event in given.events.items() if event.path], "track of this case")
    at, when, other = _place_and_time(given, rest)
    if at is None:
        raise ValueError("a track is somewhere: say where")
    event = given.events[id_]
    given.events[id_] = _made(id_, at, when, event.labels, path=(*event.path, (at.lon, at.lat)))
    _fix(given, id_, at, when, other)


def _fix(given: Given, id_: str, at: Place, when: tuple[Instant, float], other: list[str]) -> None:
    measured: dict[str, float] = {}
    for clause in other:
        found = _match(clause, rf"(?P<what>height|speed) (?P<number>{NUMBER}) m(?:/s)?", "height or speed")
        measured[found["what"]] = number(found["number"])
    event = given.events[id_]
    fix = f"{id_}:{len(event.path)}"
    given.observations.append(
        Track(
            **_common(fix, when),
            track=id_,
            lon=at.lon,
            lat=at.lat,
            sigma_m=at.sigma_m,
            alt_m=measured.get("height"),
            speed_mps=measured.get("speed"),
        )
    )
    ids = (f"{id_}:{n}" for n in range(1, len(event.path) + 1))
    given.events[id_] = _made(id_, at, when, event.labels, path=event.path, observations=tuple(ids))


def _sighting(given: Given, found: re.Match[str], rest: list[str]) -> None:
    at, when, other = _place_and_time(given, rest)
    _no_more(other)
    count = None if found["many"] else (int(found["least"] or 1), int(found["most"] or found["least"] or 1))
    whose = one_of(found["whose"], given.agreement.parties, "party") if found["whose"] else None
    common, weapon = _common(given.new(found["id"]), when), found["weapon"]
    given.observations.append(
        Report(**common, seen=True, weapon=weapon, count=count, whose=whose)
        if at is None
        else Fix(**common, lon=at.lon, lat=at.lat, sigma_m=at.sigma_m, weapon=weapon, count=count, whose=whose)
    )


def _restriction(given: Given, found: re.Match[str], rest: list[str]) -> None:
    at, when, other = _place_and_time(given, rest)
    _no_more(other)
    given.observations.append(Restriction(**_common(given.new(found["id"]), when, at), what=found["what"]))


def _damage(given: Given, found: re.Match[str], rest: list[str]) -> None:
    at, when, other = _place_and_time(given, rest)
    said: Labels = ()
    persons = None
    for clause in other:
        more = _match(clause, r"by (?P<labels>.+)|(?P<persons>\d+) persons?", "cause or number of persons")
        said, persons = (labels(more["labels"], CLASSES), persons) if more["labels"] else (said, int(more["persons"]))
    common = _common(given.new(found["id"]), when, at, said)
    given.observations.append(Damage(**common, object=found["object"], persons=persons))


def _inspection(given: Given, found: re.Match[str], rest: list[str]) -> None:
    when = time(only([clause for clause in rest if is_time(clause)], "time"))
    items: list[InspectedItem] = []
    access = "granted"
    for clause in (clause for clause in rest if not is_time(clause)):
        pattern = r'found (?P<found>\d+) of (?P<expected>\d+)\s*[×x]\s*"(?P<kind>[^"]+)"|access "(?P<access>[^"]+)"'
        more = _match(clause, pattern, "finding or access")
        if more["access"]:
            access = more["access"]
        else:
            items.append(InspectedItem(more["kind"], int(more["expected"]), int(more["found"])))
    site = one_of(found["site"], given.ground.areas, "area of the agreement")
    id_ = given.new(found["id"])
    given.observations.append(Inspection(**_common(id_, when), site=site, items=tuple(items), access=access))


def _notice(given: Given, found: re.Match[str], rest: list[str]) -> None:
    party = one_of(found["party"], _everybody(given.agreement), "party or actor")
    said: dict[str, str] = {}
    pattern = (
        rf"(?P<radius>{NUMBER}) (?P<unit>m|km) around (?P<place>.+)|received (?P<received>.+)"
        r"|from (?P<from>.+) until (?P<until>.+)|count (?P<count>\d+)"
    )
    for clause in rest:
        said.update({k: v for k, v in _match(clause, pattern, "part of a notice").groupdict().items() if v})
    missing = [key for key in ("radius", "received", "from") if key not in said]
    if missing:
        raise ValueError(f"the notice does not say its {', '.join(missing)}; add it")
    at = place(said["place"], given.ground)
    if at is None:
        raise ValueError("a notice is for a place; say which")
    received = instant(said["received"])
    given.notices.append(
        Notice(
            id=given.new(found["id"]),
            party=party,
            activity=one_of(found["activity"], CLASSES, "class of events"),
            lodged_us=received,
            received_us=received,
            from_us=instant(said["from"]),
            until_us=instant(said["until"]),
            lon=at.lon,
            lat=at.lat,
            radius_m=number(said["radius"]) * (1000.0 if said["unit"] == "km" else 1.0),
            count=int(said["count"]) if "count" in said else None,
        )
    )


def _contact(given: Given, found: re.Match[str], rest: list[str]) -> None:
    when = time(only([clause for clause in rest if is_time(clause)], "time"))
    about = None
    for clause in (clause for clause in rest if not is_time(clause)):
        about = _match(clause, r"about (?P<about>.+)", "subject")["about"]
    given.contacts.append(
        Contact(id=given.new(found["id"]), sender=found["sender"], to=found["to"], kind=found["kind"],
                time_us=when[0], about=about)
    )  # fmt: skip


def _map(given: Given, found: re.Match[str], rest: list[str]) -> None:
    area: Area = given.ground.areas[one_of(found["area"], given.ground.areas, "area of the agreement")]
    if not area.polygons:
        raise ValueError(f"{area.id} is no polygon; name one that can be held")
    party = one_of(found["party"], given.agreement.parties, "party")
    said: dict[str, str] = {}
    pattern = rf"from (?P<from>.+)|until (?P<until>.+)|(?:±|\+/-)\s*(?P<sigma>{NUMBER}) m"
    for clause in rest:
        said.update({k: v for k, v in _match(clause, pattern, "part of a map").groupdict().items() if v})
    if "from" not in said:
        raise ValueError("the map does not say from when; add it")
    held = HeldGround(
        party=party,
        polygons=area.polygons,
        from_us=instant(said["from"]),
        until_us=instant(said["until"]) if "until" in said else None,
        sigma_m=number(said.get("sigma", "0")),
    )
    given.maps.setdefault(found["mapper"], []).append(held)


def _begins(given: Given, found: re.Match[str], rest: list[str]) -> None:
    _no_more(rest)
    given.from_us = instant(found["time"])


def _known(given: Given, found: re.Match[str], rest: list[str]) -> None:
    _no_more(rest)
    given.as_of_us = instant(found["time"])


Take = Callable[[Given, re.Match[str], list[str]], None]
SENTENCES: tuple[tuple[str, Take], ...] = (
    (r"(?i:the record begins at )(?P<time>.+)$", _begins),
    (r"(?i:known at )(?P<time>.+)$", _known),
    (r'(?i:map )"(?P<mapper>[^"]+)" shows (?P<party>\S+) holding (?P<area>\S+)$', _map),
    (rf"{ID} goes on$", _goes_on),
    (rf"{ID} is a track of (?P<class>\w+)$", _track),
    (rf'{ID} is a sighting of (?:{COUNT})?"(?P<weapon>[^"]+)"(?: of (?P<whose>\S+))?$', _sighting),
    (rf'{ID} is a restriction "(?P<what>[^"]+)"$', _restriction),
    (rf'{ID} is damage to "(?P<object>[^"]+)"$', _damage),
    (rf"{ID} is an inspection of (?P<site>\S+)$", _inspection),
    (rf"{ID} is a notice of (?P<activity>\w+) by (?P<party>\S+)$", _notice),
    (rf"{ID} is an? (?P<kind>{CONTACTS}) from (?P<sender>\S+) to (?P<to>\S+)$", _contact),
    (rf"{ID} is (?P<labels>(?!an? ).+)$", _event),
)


def _everybody(agreement: Agreement) -> tuple[str, ...]:
    return (*agreement.parties, *(actor.id for actor in agreement.actors))


def _match(clause: str, pattern: str, what: str) -> re.Match[str]:
    found = re.fullmatch(pattern, clause)
    if found is None:
        raise ValueError(f"{clause!r} is no {what}; see the sentences of facts in the reference")
    return found


def _no_more(rest: list[str]) -> None:
    if rest:
        raise ValueError(f"{rest[0]!r} does not belong to this fact; leave it out")


def _place_and_time(given: Given, rest: list[str]) -> tuple[Place | None, tuple[Instant, float], list[str]]:
    times = [clause for clause in rest if is_time(clause)]
    places = [clause for clause in rest if is_place(clause) and not is_time(clause)]
    when = time(only(times, "time"))
    at = place(only(places, "place"), given.ground)
    return at, when, [clause for clause in rest if clause not in times and clause not in places]


class _Common(TypedDict):
    id: str
    sensor: str
    time_us: Instant
    time_sigma_s: float
    received_us: Instant
    digest: str
    at: tuple[float, float] | None
    at_sigma_m: float | None
    labels: Labels


def _common(id_: str, when: tuple[Instant, float], at: Place | None = None, labels_: Labels = ()) -> _Common:
    return {
        "id": id_,
        "sensor": SOURCE,
        "time_us": when[0],
        "time_sigma_s": when[1],
        "received_us": when[0],
        "digest": "",
        "at": None if at is None else (at.lon, at.lat),
        "at_sigma_m": None if at is None else at.sigma_m,
        "labels": labels_,
    }


def _made(
    id_: str,
    at: Place,
    when: tuple[Instant, float],
    labels_: Labels,
    path: tuple[tuple[float, float], ...] = (),
    observations: tuple[str, ...] = (),
) -> Event:
    ellipse = at.ellipse90
    origin = Origin(
        time_us=when[0],
        time_sigma_s=when[1],
        lon=at.lon,
        lat=at.lat,
        ellipse50=ellipse,
        ellipse90=ellipse,
        ellipse95=ellipse,
        made_by=SOURCE,
    )
    return Event(
        id=id_,
        anchor=id_,
        origin=origin,
        labels=labels_,
        existence=1.0,
        observations=observations or (f"{id_}:report",),
        sensors=1,
        providers=(SOURCE,),
        path=path,
    )
