"""Mission folders with one thing wrong, and what must be told of it.

Typed mutations know what they break: a field that a file must have is gone, is of another type, or says what cannot
be; each must be told at its place. Blind ones do not (bytes flipped, lines cut, files exchanged or truncated): they
must be told, or the log must hold what was changed, so that nothing is lost in silence.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from .folder import Files, Row, joined, rows, small

OBSERVATIONS, NOTICES, CLAIMS, CONTACTS = "observations.ndjson", "notices.ndjson", "claims.ndjson", "contacts.ndjson"
MISSION, TERMS, AREAS = "mission.toml", "agreement/terms.toml", "agreement/areas.geojson"
NETWORK, CONTROL, WEATHER = "network.geojson", "control.geojson", "weather.csv"


@dataclass(frozen=True)
class Mutation:
    """A folder with one thing wrong. `place`: (file, line, feature, field) that must be told, as far as given;
    None: the mutation is blind."""

    name: str
    files: Files
    place: tuple[str, int, str, str] | None = None


@cache
def slim() -> Files:
    """The small mission thinned out to some events and some of everything: quickly read, quickly run."""
    files = dict(small())
    some = rows(files[OBSERVATIONS])
    first = min(row["time"] for row in some)
    kept = [row for row in some if row["kind"] not in ("arrival", "status") or row["time"][14:16] == "01"]
    kept += [row for row in some if row["kind"] == "status" and row["time"] == first]
    files[OBSERVATIONS] = joined(kept)
    files[TERMS] = files[TERMS].replace(b"attribution_threshold = 0.95", b"attribution_threshold = 1.0")
    return files


TEXT, NUMBER, LIST, TABLE = "text", "number", "list", "table"
OTHERS: Mapping[str, tuple[object, ...]] = {
    TEXT: (7, True, [], {}, ["a"], ""),
    NUMBER: ("7", True, [], {}, [7]),
    LIST: ("a", 7, True, {"a": 1}),
    TABLE: ("a", 7, True, [7]),
}

EVERY = {"id": TEXT, "sensor": TEXT, "kind": TEXT, "time": TEXT, "time_sigma_s": NUMBER, "received": TEXT}
OF_KIND: Mapping[str, Mapping[str, str]] = {
    "arrival": {"wave": TEXT},
    "bearing": {"azimuth_deg": NUMBER, "azimuth_sigma_deg": NUMBER},
    "fix": {"lon": NUMBER, "lat": NUMBER, "sigma_m": NUMBER},
    "track": {"track": TEXT, "lon": NUMBER, "lat": NUMBER, "sigma_m": NUMBER},
    "report": {"count": TABLE},
    "inspection": {"site": TEXT, "items": LIST, "access": TEXT},
    "restriction": {"what": TEXT},
    "damage": {"object": TEXT},
    "status": {"state": TEXT},
}
NOTICE = {
    "id": TEXT, "party": TEXT, "activity": TEXT, "lodged": TEXT, "from": TEXT, "until": TEXT, "lon": NUMBER,
    "lat": NUMBER, "radius_m": NUMBER,
}  # fmt: skip
CLAIM = {
    "id": TEXT, "party": TEXT, "accuses": TEXT, "time": TEXT, "lon": NUMBER, "lat": NUMBER, "radius_m": NUMBER,
    "class": TEXT,
}  # fmt: skip
CONTACT = {"id": TEXT, "from": TEXT, "to": TEXT, "kind": TEXT, "time": TEXT}
PROPERTIES: Mapping[str, Mapping[str, str]] = {
    NETWORK: {"id": TEXT, "kind": TEXT, "provider": TEXT, "time_sigma_s": NUMBER},
    CONTROL: {"party": TEXT, "from": TEXT, "sigma_m": NUMBER},
    AREAS: {"id": TEXT},
}
BEYOND: Mapping[str, tuple[object, ...]] = {
    "lon": (180.5, -200, 1e300), "lat": (90.5, -131.25), "time": ("2026-13-01T00:00:00Z", "yesterday", "1 May"),
    "received": ("9999-01-01T00:00:00Z", "2026-01-01T00:00:00"), "time_sigma_s": (-1, 1e9), "wave": ("tidal",),
    "azimuth_deg": (-1, 361), "azimuth_sigma_deg": (0, -3, 400), "sigma_m": (-5, 1e12), "count": (-3, [5, 2]),
    "state": ("asleep",), "kind": ("smell",), "radius_m": (-1, 1e9), "class": ("impcat",), "party": ("arvja",),
    "from": ("2026-02-30T00:00:00Z",), "until": ("1999-01-01T00:00:00Z",), "lodged": ("soon",), "sensor": ("nobody",),
}  # fmt: skip


OPEN = {CONTACTS: ("from", "to"), NETWORK: ("kind",), CONTROL: ("party",)}


def lines_of(file: str) -> list[Row]:
    return rows(slim()[file])


def required(file: str, row: Row) -> Mapping[str, str]:
    """The fields that a line must have, and their types."""
    if file == OBSERVATIONS:
        return {**EVERY, **OF_KIND[row["kind"]]}
    return {NOTICES: NOTICE, CLAIMS: CLAIM, CONTACTS: CONTACT}[file]


def typed_line(chance: Random) -> Mutation:
    """One field of one line: gone, of another type, or out of range."""
    file = chance.choice([OBSERVATIONS] * 6 + [NOTICES, CLAIMS, CONTACTS])
    some = lines_of(file)
    kinds = sorted({row.get("kind", "") for row in some})
    kind = chance.choice(kinds)
    number = chance.choice([n for n, row in enumerate(some) if row.get("kind", "") == kind])
    row = dict(some[number])
    wanted = required(file, row)
    field, how = _broken(chance, row, wanted, OPEN.get(file, ()))
    some[number] = row
    return Mutation(f"{file} {kind}.{field} {how}", {**slim(), file: joined(some)}, (file, number + 1, "", field))


def _broken(chance: Random, row: Row, wanted: Mapping[str, str], open_: Collection[str]) -> tuple[str, str]:
    """Break one wanted field of a table in place; which, and how. open_: fields in which any text will do."""
    field = chance.choice(sorted(wanted))
    beyond = () if field in open_ else BEYOND.get(field, ())
    how = chance.choice(["gone", "type"] + ["range"] * bool(beyond))
    if how == "gone":
        del row[field]
    elif how == "type":
        row[field] = chance.choice([other for other in OTHERS[wanted[field]] if (field, other) != ("count", 7)])
    else:
        row[field] = chance.choice(beyond)
    return field, f"{how} {row.get(field)!r}"


def typed_feature(chance: Random) -> Mutation:
    """One property of one feature, or its geometry, broken."""
    file = chance.choice([NETWORK, CONTROL, AREAS])
    table = json.loads(slim()[file])
    number = chance.randrange(len(table["features"]))
    feature = table["features"][number]
    name = str(feature["properties"].get("id", number))
    if chance.random() < 0.35:
        how, field = _broken_geometry(chance, feature), "geometry"
    else:
        field, how = _broken(chance, feature["properties"], PROPERTIES[file], OPEN.get(file, ()))
        if field == "id":
            given = feature["properties"].get("id")
            name = str(given or number)
    return Mutation(f"{file} {field} {how}", {**slim(), file: json.dumps(table).encode()}, (file, 0, name, field))


def _broken_geometry(chance: Random, feature: Row) -> str:
    kind = feature["geometry"]["type"]
    point = kind == "Point"
    choices: dict[str, Any] = {
        "none": None,
        "empty": [],
        "text": "here",
        "latitude first": [49.0, 131.0] if point else [[[49.0, 131.0]] * 4],
        "one number": [31.0] if point else [[[31.0]] * 4],
        "texts": ["31", "49"] if point else [[["31", "49"]] * 4],
    }
    how = chance.choice(sorted(choices))
    feature["geometry"] = {"type": kind, "coordinates": choices[how]}
    return how


def typed_cell(chance: Random) -> Mutation:
    """One cell of the weather broken: the row is left out and told."""
    head, *some = slim()[WEATHER].decode().splitlines()
    columns = head.split(",")
    number, column = chance.randrange(len(some)), chance.randrange(len(columns))
    cells = some[number].split(",")
    cells[column] = chance.choice(["", "x", "nan", "1e999", "-999999"])
    some[number] = ",".join(cells)
    data = "\n".join([head, *some, ""]).encode()
    return Mutation(
        f"{WEATHER} {columns[column]}", {**slim(), WEATHER: data}, (WEATHER, number + 2, "", columns[column])
    )


TOML_KEYS: Mapping[str, tuple[str, ...]] = {
    MISSION: ("contract", "name", "status", "agreement", "network", "observations"),
    TERMS: ("id", "title", "parties", "in_force_from", "article", "text", "kind", "binds"),
}


def typed_key(chance: Random) -> Mutation:
    """One key of a TOML file gone or of another type."""
    file = chance.choice([MISSION, TERMS])
    some = slim()[file].decode().splitlines()
    places = [(n, line.split(" = ")[0]) for n, line in enumerate(some) if line.split(" = ")[0] in TOML_KEYS[file]]
    number, key = chance.choice(places)
    how = chance.choice(["gone", "7", "true", "[7]", "{ a = 1 }", '""', "2026-01-01"])
    line = number + 1
    if how == "gone":
        del some[number]
        line = 0
    else:
        some[number] = f"{key} = {how}"
    return Mutation(f"{file} {key} {how}", {**slim(), file: "\n".join(some).encode() + b"\n"}, (file, line, "", key))


def blind(chance: Random) -> Mutation:
    """Something happens to the bytes of a file."""
    file = chance.choice(sorted(slim()))
    data = slim()[file]
    how = chance.choice(sorted(BLIND))
    changed = BLIND[how](chance, data)
    return Mutation(f"{file} {how}", {**slim(), file: changed})


def _flip(chance: Random, data: bytes) -> bytes:
    some = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        some[chance.randrange(len(some))] ^= chance.randrange(1, 256)
    return bytes(some)


def _cut_line(chance: Random, data: bytes) -> bytes:
    some = data.split(b"\n")
    number = chance.randrange(len(some))
    some[number] = some[number][: chance.randrange(len(some[number]) + 1)]
    return b"\n".join(some)


def _insert(chance: Random, data: bytes, what: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + what + data[at:]


BLIND: Mapping[str, Callable[[Random, bytes], bytes]] = {
    "flipped": _flip,
    "line cut": _cut_line,
    "truncated": lambda chance, data: data[: chance.randrange(len(data))],
    "emptied": lambda chance, data: b"",
    "doubled": lambda chance, data: data + data,
    "line gone": lambda chance, data: b"\n".join(_without(chance, data.split(b"\n"))),
    "zero byte": lambda chance, data: _insert(chance, data, b"\x00"),
    "not utf-8": lambda chance, data: _insert(chance, data, b"\xe9"),
    "brackets": lambda chance, data: _insert(chance, data, b"[" * 5_000),
    "digits": lambda chance, data: _insert(chance, data, b"9" * 5_000),
    "byte order mark": lambda chance, data: b"\xef\xbb\xbf" + data,
    "another alphabet": lambda chance, data: data.decode().encode("utf-16"),
    "reversed": lambda chance, data: data[::-1],
}


def _without(chance: Random, some: list[bytes]) -> list[bytes]:
    some = list(some)
    del some[chance.randrange(len(some))]
    return some


def exchanged(chance: Random) -> Mutation:
    """Two files have changed places."""
    one, other = chance.sample(sorted(slim()), 2)
    return Mutation(f"{one} for {other}", {**slim(), one: slim()[other], other: slim()[one]})


def missing(chance: Random) -> Mutation:
    """A file is not there."""
    file = chance.choice(sorted(slim()))
    return Mutation(f"{file} missing", {path: data for path, data in slim().items() if path != file}, (file, 0, "", ""))


MAKERS = (
    (typed_line,) * 8 + (typed_feature,) * 4 + (typed_cell, typed_key, typed_key) + (blind,) * 6 + (exchanged, missing)
)


def mutations(seed: int, count: int) -> Iterator[Mutation]:
    """So many mutations, the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        yield chance.choice(MAKERS)(chance)
