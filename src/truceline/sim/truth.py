"""What really happened: truth.ndjson (one line a happening) and truth_world.json (everything else that was hidden)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.sim.air import HOUR_S, Air
from truceline.sim.fire import MARK
from truceline.sim.invented import Invented
from truceline.sim.lies import Told
from truceline.sim.lines import owned, texts_of
from truceline.sim.network import Faults, Sensors
from truceline.sim.pen import Pen
from truceline.sim.sensing import FLASH, REPORT
from truceline.sim.sources import KINDS, NOBODY

Rows = list[dict[str, Any]]


def truth_rows(made: Invented) -> Rows:
    """One row a happening, by time.

    seen: how many sensors of honest providers caught it (arrival, azimuth among them, bearing, report); obs: the
    lines that are truly of it, whoever sent them.
    """
    pen, sources, sightings, ids = made.pen, made.sources, made.sightings, made.lines.ids
    lying = lying_sensors(made)
    mine = owned(sightings)
    members: list[list[str]] = [[] for _ in range(len(sources))]
    for row in np.flatnonzero(mine).tolist():
        members[int(sightings.source[row])].append(ids[row])
    for row, id_ in zip(made.craters.source.tolist(), made.lines.crater_ids, strict=True):
        members[row].append(id_)
    honest = mine & ~lying[sightings.sensor]
    counts = {
        "arrival": honest & (sightings.what < FLASH),
        "azimuth": honest & (sightings.what < FLASH) & ~np.isnan(sightings.azimuth_deg),
        "bearing": honest & (sightings.what == FLASH),
        "report": honest & (sightings.what == REPORT),
    }
    seen = {name: np.bincount(sightings.source[mask], minlength=len(sources)).tolist() for name, mask in counts.items()}
    lon, lat = pen.lonlat(sources.along_m, sources.across_m)
    times = texts_of(pen.base_us, sources.time_s)
    rows = []
    for row in range(len(sources)):
        party = int(sources.party[row])
        found: dict[str, Any] = {
            "id": event_id(row), "cls": KINDS[int(sources.kind[row])], "time": times[row],
            "lon": float(lon[row]), "lat": float(lat[row]), "along_m": round(float(sources.along_m[row]), 1),
            "across_m": round(float(sources.across_m[row]), 1),
            "party": pen.ground.parties[party] if party != NOBODY else "none", "exempt": bool(sources.exempt[row]),
            "weapon": str(sources.weapon[row]) or None, "group": str(sources.group[row]).partition(MARK)[0] or None,
            "pair": event_id(int(sources.pair[row])),
            "seen": {name: values[row] for name, values in seen.items()},
        }  # fmt: skip
        if members[row]:
            found["obs"] = sorted(members[row])
        if sources.deception[row]:
            found["deception"] = str(sources.deception[row])
        rows.append(found)
    return rows


def event_id(row: int) -> str | None:
    """The id of a happening by its row; None for no happening."""
    return f"T{row:06d}" if row >= 0 else None


def hidden_truth(made: Invented) -> dict[str, Any]:
    """The true air, what is wrong with which sensor, who lied about what, and whose map is false."""
    pen, sensors, faults = made.pen, made.scene.sensors, made.scene.faults
    return {
        "name": made.world.name,
        "family": made.world.family,
        "from": pen.utc(0.0),
        "until": pen.utc(made.length_s),
        "parties": list(pen.ground.parties),
        "air": _air_rows(pen, made.scene.air),
        "path_share": made.scene.air.path_share,
        "faults": _fault_rows(pen, sensors, faults),
        "spoofs": [
            {
                "offset_s": spoof.offset_s, "from": pen.utc(spoof.from_s), "until": pen.utc(spoof.until_s),
                "sensors": sensors.id[spoof.sensors].tolist(),
            }
            for spoof in faults.spoofs
        ],
        "lies": [_lie_row(made, number, lie) for number, lie in enumerate(made.told)],
        "maps": [
            {"source": view.source or None, "kind": view.kind, "sigma_m": view.sigma_m, **view.told}
            for view in made.views
        ],
        "claims": {f"C{number}": event_id(claim.source) for number, claim in enumerate(made.claims)},
        "advances": [
            {
                "at": pen.utc(move.at_s), "centre_along_m": move.centre_m, "half_length_m": move.half_m,
                "shift_across_m": move.shift_m,
            }
            for move in pen.ground.moves
        ],
    }  # fmt: skip


def _air_rows(pen: Pen, air: Air) -> Rows:
    """The true air near the ground in the middle of the world, hour by hour."""
    count = air.temperature_c.size
    zero, time = np.zeros(count), np.arange(float(count)) * HOUR_S
    temperature, east, north = air.at(zero, zero, time, zero)
    sign = -1.0 if pen.reflected else 1.0
    return [
        {
            "time": pen.utc(float(time[row])), "temperature_c": round(float(temperature[row]), 3),
            "wind_east_mps": round(float(east[row]), 3), "wind_north_mps": round(sign * float(north[row]), 3),
        }
        for row in range(count)
    ]  # fmt: skip


def _fault_rows(pen: Pen, sensors: Sensors, faults: Faults) -> Rows:
    rows: Rows = []

    def note(mask: npt.NDArray[np.bool_], fault: str, values: Mapping[str, npt.NDArray[np.float64]]) -> None:
        for row in np.flatnonzero(mask).tolist():
            rows.append(
                {"sensor": str(sensors.id[row]), "fault": fault, **{k: float(v[row]) for k, v in values.items()}}
            )

    turn = -faults.turn_deg if pen.reflected else faults.turn_deg
    note(faults.clock_s != 0, "clock", {"offset_s": faults.clock_s})
    note(faults.drift_s_per_s != 0, "drift", {"drift_s_per_h": faults.drift_s_per_s * 3600.0})
    note(faults.step_s != 0, "step", {"offset_s": faults.step_s, "at_s": faults.step_at_s})
    note(np.isfinite(faults.dies_at_s), "dead", {"at_s": faults.dies_at_s})
    note(faults.range_factor != 1, "deaf", {"range_factor": faults.range_factor})
    note(faults.turn_deg != 0, "turned", {"turn_deg": turn})
    note(
        faults.time_sigma_s != 0, "inconsistent",
        {"time_sigma_s": faults.time_sigma_s, "azimuth_sigma_deg": faults.azimuth_sigma_deg},
    )  # fmt: skip
    return sorted(rows, key=lambda row: (row["sensor"], row["fault"]))


def _lie_row(made: Invented, number: int, lie: Told) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": lie.kind,
        "providers": [made.world.network.providers[place] for place in lie.providers],
        "touched": int(lie.touched.sum()),
        "invented": lie.invented,
    }
    if lie.kind == "shifted":
        row["shift_m"] = lie.shift_m
    if lie.kind == "delayed":
        row["delay_s"] = lie.delay_s
    if lie.kind == "turned":
        row["turn_deg"] = lie.turn_deg
    lon, lat = made.pen.lonlat(lie.story.along_m, lie.story.across_m)
    times = texts_of(made.pen.base_us, lie.story.time_s)
    row["story"] = [
        {"cls": KINDS[kind], "time": time, "lon": x, "lat": y}
        for kind, time, x, y in zip(lie.story.kind.tolist(), times, lon.tolist(), lat.tolist(), strict=True)
    ]
    row["observations"] = sorted(
        made.lines.ids[place] for place in np.flatnonzero(made.sightings.story == number).tolist()
    )
    return row


def lying_sensors(made: Invented) -> npt.NDArray[np.bool_]:
    """The sensors of every provider that lies."""
    liars = [provider for lie in made.told for provider in lie.providers]
    return np.asarray(np.isin(made.scene.sensors.provider, liars), bool)
