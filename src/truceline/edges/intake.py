"""Inputs → Case, purely: every file and line understood, or set aside with the reason, or the whole refused.

What does not hang on the order of arrival: of lines with one id and different content, the one received first is
kept (of equals, the one of least digest), wherever it stands.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Generic, TypeVar

from truceline.custody.entry import Entry, entry_of
from truceline.edges.inputs import WHOLE_KINDS, Inputs, Line, WholeFile
from truceline.formats.areas_geojson import read_areas
from truceline.formats.control_geojson import read_control
from truceline.formats.fields import nearest, suggest
from truceline.formats.filings_ndjson import read_claim, read_contact, read_known, read_notice
from truceline.formats.mission_toml import MissionFile, read_mission
from truceline.formats.network_geojson import read_network
from truceline.formats.observations_ndjson import named_in, read_observation
from truceline.formats.places_geojson import read_places
from truceline.formats.toml_document import read_toml
from truceline.formats.weather_csv import read_weather
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.filing import Claim, Contact, Notice
from truceline.model.ground import ControlMap, WeatherRow
from truceline.model.instant import Instant
from truceline.model.known import MISSION, Known
from truceline.model.network import Network
from truceline.model.observation import CLASSES, Observation, told_once
from truceline.model.problem import Place, Problem, Unusable
from truceline.terms.contract import Kind
from truceline.terms.language import read_agreement

T = TypeVar("T")

MOST_STRANGE = 20  # labels told one by one


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line that could not be used: where it stood, why, and its bytes."""

    file: str
    line: int
    reason: str
    data: bytes


@dataclass(frozen=True)
class Understood:
    """A mission understood. `inputs`: every input, (kind, id, bytes), in the order of the log; `known` is kept out of
    the case, so that nothing that finds can see it."""

    case: Case
    set_aside: tuple[SetAside, ...]
    notes: tuple[Problem, ...]
    inputs: tuple[tuple[str, str, bytes], ...]
    known: tuple[Known, ...] = ()

    @cached_property
    def logged(self) -> tuple[tuple[Entry, bytes], ...]:
        """Every input with its entry, in the order of the log."""
        return tuple((entry_of(kind, id_, data), data) for kind, id_, data in self.inputs)


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """Lines of one kind: those that are used, in canonical order, and those that are not."""

    records: tuple[T, ...]
    lines: tuple[Line, ...]
    set_aside: tuple[SetAside, ...]


def understand(inputs: Inputs, kinds: Mapping[str, Kind]) -> Understood:
    """The case that the inputs describe. Raises Unusable with every fault of mission, terms, network and control."""
    problems: list[Problem] = []
    notes: list[Problem] = []

    def reading(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Unusable as unusable:
            problems.extend(unusable.problems)
            return None

    mission, said = read_mission(*_bytes(inputs.one("mission")))
    notes += said
    agreement = reading(lambda: _agreement(inputs, kinds, notes))
    network = reading(lambda: read_network(*_bytes(inputs.one("network"))))
    maps = reading(lambda: _maps(inputs, agreement, notes))
    places = [reading(lambda file=file: read_places(*_bytes(file))) or () for file in inputs.of_kind("places")]  # type: ignore[misc]
    weather = _weather(inputs, reading, notes)
    if agreement is None or network is None or maps is None or problems:
        raise Unusable(problems)
    problems += _interests(mission, network)
    if problems:
        raise Unusable(problems)
    notices = _keep(inputs, "notice", read_notice, lambda one: _notice_fault(one, agreement), _by_received)
    claims = _keep(inputs, "claim", read_claim, lambda one: _claim_fault(one, agreement), _by_time)
    contacts = _keep(inputs, "contact", read_contact, _no_fault, _by_time)
    known = _keep(inputs, "known", read_known, lambda one: _known_fault(one, agreement), _by_time)
    observations = _keep(
        inputs, "observation", read_observation, lambda one: _sensor_fault(one.sensor, network), _by_received
    )
    notes += _strange_labels(observations) + _told_again(observations)
    case = Case(
        name=mission.name,
        status=mission.status,
        agreement=agreement,
        network=network,
        observations=observations.records,
        maps=maps,
        weather=weather,
        notices=notices.records,
        claims=claims.records,
        contacts=contacts.records,
        places=tuple(place for some in places for place in some),
        interests=mission.interests,
    )
    kept: tuple[_Kept[Any], ...] = (notices, claims, contacts, known, observations)
    set_aside = sorted((one for some in kept for one in some.set_aside), key=lambda one: (one.file, one.line))
    given = [(one.kind, one.path, one.data) for one in _ordered(inputs)]
    given += [one for some in kept[:-1] for one in _given(some)]
    given += [("set_aside", f"{one.file}:{one.line}", one.data) for one in set_aside]
    given += _given(observations)
    return Understood(case, tuple(set_aside), tuple(sorted(set(notes))), tuple(given), known.records)


def read_line(kind: str, data: bytes, agreement: Agreement, network: Network) -> Observation | Notice | Claim | Contact:
    """One line by itself, understood. Raises ValueError, with the reason, if it cannot be used."""
    record: Observation | Notice | Claim | Contact
    wrong: str | None
    if kind == "observation":
        record = read_observation(data)
        wrong = _sensor_fault(record.sensor, network)
    elif kind == "notice":
        record = read_notice(data)
        wrong = _notice_fault(record, agreement)
    elif kind == "claim":
        record = read_claim(data)
        wrong = _claim_fault(record, agreement)
    else:
        assert kind == "contact", kind
        record, wrong = read_contact(data), None
    if wrong is not None:
        raise ValueError(wrong)
    return record


def usable_id(kind: str, data: bytes, agreement: Agreement, network: Network) -> str:
    """The id of one line that can be used. Raises ValueError as `read_line` does."""
    if kind != "observation":
        return read_line(kind, data, agreement, network).id
    id_, sensor = named_in(data)
    wrong = _sensor_fault(sensor, network)
    if wrong is not None:
        raise ValueError(wrong)
    return id_


def _ordered(inputs: Inputs) -> list[WholeFile]:
    return sorted(inputs.files, key=lambda one: (WHOLE_KINDS.index(one.kind), one.path))


def _given(kept: _Kept[Any]) -> list[tuple[str, str, bytes]]:
    return [(line.kind, record.id, line.data) for record, line in zip(kept.records, kept.lines, strict=True)]


def _bytes(file: WholeFile) -> tuple[str, bytes]:
    return file.path, file.data


def _agreement(inputs: Inputs, kinds: Mapping[str, Kind], notes: list[Problem]) -> Agreement:
    areas = tuple(area for one in inputs.of_kind("areas") for area in read_areas(*_bytes(one)))
    agreement, said = read_agreement(read_toml(*_bytes(inputs.one("agreement"))), areas, kinds)
    notes += said
    return agreement


def _maps(inputs: Inputs, agreement: Agreement | None, notes: list[Problem]) -> tuple[ControlMap, ...]:
    """All maps, one for each mapper, in order of mapper. A holder who is no party may be a slip of the pen."""
    found: dict[str, list[ControlMap]] = {}
    for file in inputs.of_kind("control"):
        for one in read_control(*_bytes(file)):
            found.setdefault(one.mapper, []).append(one)
            holders = sorted({area.party for area in one.areas})
            for holder in holders if agreement is not None else ():
                assert agreement is not None
                if holder not in agreement.parties:
                    what = f"ground is held by {holder!r}, who is no party of the agreement: it counts as unknown"
                    notes.append(
                        Problem(Place(file.path, field="party"), what, suggest(holder, agreement.parties), fatal=False)
                    )
    return tuple(
        ControlMap(mapper, tuple(sorted((area for one in some for area in one.areas), key=repr)))
        for mapper, some in sorted(found.items())
    )


def _weather(
    inputs: Inputs,
    reading: Callable[[Callable[[], tuple[tuple[WeatherRow, ...], tuple[Problem, ...]]]], Any],
    notes: list[Problem],
) -> tuple[WeatherRow, ...]:
    """The weather's rows; a row that cannot be used is noted and left out."""
    rows: list[WeatherRow] = []
    for file in inputs.of_kind("weather"):
        read = reading(lambda file=file: read_weather(*_bytes(file)))  # type: ignore[misc]
        if read is not None:
            rows += read[0]
            notes += [Problem(one.place, one.what, one.remedy, fatal=False) for one in read[1]]
    return tuple(rows)


def _interests(mission: MissionFile, network: Network) -> list[Problem]:
    """Interest groups that name a provider whom the network does not have."""
    return [
        Problem(
            Place("mission.toml", field=f"interests.{group}"),
            f"interest group {group!r} names {provider!r}, who runs no sensor of the network",
            suggest(provider, network.providers),
        )
        for group, providers in mission.interests
        for provider in providers
        if provider not in network.providers
    ]


def _keep(
    inputs: Inputs,
    kind: str,
    read: Callable[[bytes], T],
    fault: Callable[[T], str | None],
    order: Callable[[T], tuple[Instant, str]],
) -> _Kept[T]:
    """Read all lines of a kind: each id once, in an order that does not hang on the order of arrival."""
    aside: list[SetAside] = []
    found: list[tuple[tuple[Instant, str], bytes, int, T, Line]] = []
    for line in inputs.lines:
        if line.kind == kind:
            try:
                record = read(line.data)
                wrong = fault(record)
            except ValueError as error:
                wrong = str(error)
            if wrong is None:
                found.append((order(record), sha256(line.data).digest(), line.number, record, line))
            else:
                aside.append(SetAside(line.file, line.number, wrong, line.data))
    found.sort(key=lambda one: one[:3])
    first: dict[str, bytes] = {}
    records: list[T] = []
    lines: list[Line] = []
    for (_, id_), digest, _, record, line in found:
        if id_ not in first:
            first[id_] = digest
            records.append(record)
            lines.append(line)
        elif first[id_] != digest:
            why = f"id: {id_!r} came before with other content; the line received first is kept"
            aside.append(SetAside(line.file, line.number, why, line.data))
    return _Kept(tuple(records), tuple(lines), tuple(aside))


def _by_received(record: Any) -> tuple[Instant, str]:
    return record.received_us, record.id


def _by_time(record: Any) -> tuple[Instant, str]:
    return record.time_us, record.id


def _sensor_fault(sensor: str, network: Network) -> str | None:
    if sensor in network.by_id:
        return None
    return f"sensor: {sensor!r} is not in the network; mend the id, or add the sensor to the network's file"


def _no_fault(_: Contact) -> None:
    """A contact names nothing that must be known besides."""


def _notice_fault(notice: Notice, agreement: Agreement) -> str | None:
    return _party_fault(notice.party, agreement) or _slip("activity", notice.activity)


def _claim_fault(claim: Claim, agreement: Agreement) -> str | None:
    return _party_fault(claim.party, agreement) or _slip("class", claim.class_)


def _known_fault(known: Known, agreement: Agreement) -> str | None:
    if known.party == MISSION:
        return _slip("class", known.class_)
    return _party_fault(known.party, agreement) or _slip("class", known.class_)


def _party_fault(party: str, agreement: Agreement) -> str | None:
    if party in agreement.parties:
        return None
    return f"party: {party!r} is no party of the agreement; {suggest(party, agreement.parties)}"


def _slip(field: str, word: str) -> str | None:
    """A word that is nearly, but not quite, a class; words of a party's own are left alone."""
    meant = None if word in CLASSES else nearest(word, CLASSES)
    return f"{field}: {word!r} is no class; did you mean {meant!r}?" if meant else None


def _strange_labels(kept: _Kept[Observation]) -> list[Problem]:
    """Labels that are no class: no provision knows them, so a slip of the pen would clear whoever fired."""
    where: dict[str, list[tuple[str, int]]] = {}
    for seen, line in zip(kept.records, kept.lines, strict=True):
        for word, _ in seen.labels:
            if word not in CLASSES:
                where.setdefault(word, []).append((line.file, line.number))
    commonest = sorted(where, key=lambda word: (-len(where[word]), word))
    notes = []
    for word in commonest[:MOST_STRANGE]:
        (file, number), count = min(where[word]), len(where[word])
        what = f"label {word!r} is no class, in {count:,} line{'s' if count > 1 else ''}: no provision knows it"
        notes.append(Problem(Place(file, line=number, field="labels"), what, suggest(word, CLASSES), fatal=False))
    if rest := commonest[MOST_STRANGE:]:
        file, number = min(min(where[word]) for word in rest)
        what = f"{len(rest):,} more labels are no class, this the first of them"
        notes.append(Problem(Place(file, line=number, field="labels"), what, "name known classes", fatal=False))
    return notes


def _told_again(kept: _Kept[Observation]) -> list[Problem]:
    """What one sensor tells again under another id: it counts once, but whoever feeds it should know."""
    once = {one.id for one in told_once(kept.records)}
    again = [line for seen, line in zip(kept.records, kept.lines, strict=True) if seen.id not in once]
    if not again:
        return []
    first = min(again, key=lambda line: (line.file, line.number))
    what = f"{len(again):,} arrivals and bearings stand a second time under other ids, this the first; each counts once"
    place = Place(first.file, line=first.number, field="id")
    return [Problem(place, what, "keep the id when a line is sent again", fatal=False)]


def counted(set_aside: Iterable[SetAside]) -> tuple[tuple[str, int], ...]:
    """How many lines were set aside for each reason, most first. What differs from line to line is left out."""
    counts: dict[str, int] = {}
    for one in set_aside:
        field, _, what = one.reason.partition(": ")
        short = f"{field}: {what.split(';')[0]}" if field != "sensor" else "sensor: not in the network"
        counts[short] = counts.get(short, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
