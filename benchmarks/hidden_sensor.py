"""Can a hidden sensor be found from all editions? An attacker has them all, knows the method, and knows of every round
where and when it was fired; he looks for where somebody must have listened.

python benchmarks/hidden_sensor.py [--world worlds/deep-back.toml] [--seeds 1 2 3]

Infrasound arrays are taken out of the world: the search for what they heard hundreds of kilometres away takes minutes,
and tells nothing of who listens near by. With fewer ears fewer rounds are told: the attacker learns more, not less.

He is given the editions for the public and for both parties. For each round he sees whether it was told (a finding of
that hour whose cells hold it). Then he tries every place on a grid as that of a sensor, with every range of hearing,
and takes the places whose hearing fits best what was told. Beside him a gambler who has no editions: he names places
by chance where sensors may stand; and a double, who does all that the attacker does, but is told of as many rounds
drawn by chance. Only if the attacker does better than his double did the editions tell him anything.

What they must tell, since they tell what was heard, is where the network listens as a whole; so a third guesses by
chance within its outline. And the hidden sensor is looked for once more: an attacker is given where every other
sensor stands, and looks for the one that is left, where on the grid it makes what was told most likely.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import h3
import numpy as np
from shapely import MultiPoint, contains_xy

from truceline.custody.derived import CELL_RESOLUTION
from truceline.custody.edition import read_disclosure
from truceline.custody.policy import read_policy
from truceline.custody.release import FAR_HEARD, read_audience
from truceline.edges.cli.main import main as truceline
from truceline.edges.dossier.verify import read_dossier
from truceline.edges.keys import new_signer
from truceline.edges.out_folder import read_folder_files
from truceline.edges.release.make import Request, release
from truceline.edges.seal.make import Sealer
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import plugins
from truceline.model.instant import US_PER_HOUR, parse_utc

KM_PER_DEGREE = 111.195
GUESSES = 5
DOUBLES = 40
HIDDEN = 30  # sensors looked for, one by one
ENOUGH = (0.5, 1.5, 2.5, 3.5, 5.0)  # sensors that must hear a round before it is found
RANGES_KM = (3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0)
BEYOND_KM = 40.0  # round the fire, where sensors may stand


def main() -> None:
    """Print how near attacker and gambler come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--world", default="worlds/deep-back.toml")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    args = parser.parse_args()
    for seed in args.seeds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            assert truceline(["sim", args.world, "--seed", str(seed), "--out", str(folder / "mission")]) == 0
            deafen(folder / "mission", "infrasound_array")
            assert truceline(["run", str(folder / "mission"), "--out", str(folder / "out"), "--quiet"]) == 0
            told = editions(folder)
            sensors, fired = ground_truth(folder / "mission")
        report(seed, told, sensors, fired)


def deafen(mission: Path, kind: str) -> None:
    """Take the sensors of a kind, and all that they said, out of a mission."""
    network = json.loads((mission / "network.geojson").read_text())
    gone = {one["properties"]["id"] for one in network["features"] if one["properties"]["kind"] == kind}
    network["features"] = [one for one in network["features"] if one["properties"]["id"] not in gone]
    (mission / "network.geojson").write_text(json.dumps(network))
    said = mission / "observations.ndjson"
    kept = [line for line in said.read_bytes().splitlines(keepends=True) if json.loads(line)["sensor"] not in gone]
    said.write_bytes(b"".join(kept))


def editions(folder: Path) -> list[dict[str, object]]:
    """What the findings of all editions show."""
    log, text = new_signer("log", "bench.example/mission"), b"quorum none\n"
    text = f"log {log.key.to_text()}\n".encode() + text
    files = read_folder_files(folder / "out")
    register = SqliteStore.create(folder / "register", log.key.name, "test")
    sealer = Sealer(register, log, folder / "signed", read_policy("policy", text), text, ())
    sealer.seal(files, folder / "seal")
    parties = {str(one) for line in files["findings.geojsonl"].splitlines() for one in _parties(line)}
    later = max(
        parse_utc(str(json.loads(line)["received"])) for line in files["log/lines/observation.ndjson"].splitlines()
    )
    told: list[dict[str, object]] = []
    for to in ("public", *(f"party:{party}" for party in sorted(parties))):
        request = Request(read_audience(to), later + 48 * US_PER_HOUR, None)
        made = release(files, folder / "seal", sealer, request, (plugins(), map, _silent))
        payload, _ = read_dossier(made.data)
        for line in payload["disclosures.ndjson"].splitlines():
            one = read_disclosure(line)
            if one.kind == "finding":
                told.append({name: json.loads(shown.value) for name, shown in one.shown.items()})
    register.close()
    return told


def _silent(what: str) -> None:
    del what


def _parties(line: bytes) -> list[str]:
    return [party for party in json.loads(line)["properties"]["responsibility"] if party != "other"]


def ground_truth(mission: Path) -> tuple[np.ndarray, list[tuple[float, float, str]]]:
    """Where the sensors are (degrees), and every round of a far-heard class: lon, lat, hour."""
    network = json.loads((mission / "network.geojson").read_text())
    hidden = [
        one["geometry"]["coordinates"][:2] for one in network["features"]
        if one["properties"]["kind"] not in ("satellite", "patrol")
    ]  # fmt: skip
    fired = []
    for line in (mission / "truth.ndjson").read_text().splitlines():
        one = json.loads(line)
        if one.get("cls") in FAR_HEARD:
            fired.append((one["lon"], one["lat"], f"{one['time'][:13]}:00:00Z"))
    return np.array(hidden), fired


def report(
    seed: int, told: Sequence[dict[str, object]], sensors: np.ndarray, fired: list[tuple[float, float, str]]
) -> None:
    """Print one world's figures."""
    shown = {(cell, str(one.get("~hour"))) for one in told for cell in one.get("~cells", [])}  # type: ignore[attr-defined]
    released = np.array(
        [(str(h3.latlng_to_cell(lat, lon, CELL_RESOLUTION)), hour) in shown for lon, lat, hour in fired]
    )
    middle = np.array([[lon, lat] for lon, lat, _ in fired]).mean(axis=0)
    scale = np.array([KM_PER_DEGREE * math.cos(math.radians(middle[1])), KM_PER_DEGREE])
    at = (np.array([[lon, lat] for lon, lat, _ in fired]) - middle) * scale
    ears = (sensors - middle) * scale
    low, high = at.min(axis=0) - BEYOND_KM, at.max(axis=0) + BEYOND_KM
    grid = np.stack(np.meshgrid(np.arange(low[0], high[0], 2.0), np.arange(low[1], high[1], 2.0)), axis=-1).reshape(
        -1, 2
    )
    away = np.hypot(*(grid[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    attacker = _nearest(_guesses(grid, away, released), ears)
    chance = np.random.default_rng(seed)
    doubles = [_nearest(_guesses(grid, away, chance.permutation(released)), ears) for _ in range(DOUBLES)]
    gambler = _nearest(chance.uniform(low, high, (20_000, 2)), ears)
    print(f"seed {seed}: {len(fired)} rounds, {int(released.sum())} told; {len(ears)} sensors")
    places = ", ".join(f"{one:.1f}" for one in attacker)
    print(f"  the attacker's {len(attacker)} best places are {places} km from the nearest sensor")
    near = [f"{np.mean(one < 5):.0%}" for one in (attacker, np.concatenate(doubles), gambler)]
    within = _inside(ears, chance)
    first = [one[0] for one in doubles]
    print(f"  within 5 km: attacker {near[0]}, his double {near[1]}, gambler {near[2]}, ", end="")
    print(f"by chance within the network's outline {np.mean(_nearest(within, ears) < 5):.0%}")
    print(
        f"  his best place: {attacker[0]:.1f} km; his double's {np.median(first):.1f} km "
        f"(median; {np.mean([one <= attacker[0] for one in first]):.0%} as near or nearer)"
    )
    one_hidden(grid, at, ears, released, within, chance)


def one_hidden(
    grid: np.ndarray, at: np.ndarray, ears: np.ndarray, released: np.ndarray, within: np.ndarray,
    chance: np.random.Generator,
) -> None:  # fmt: skip
    """One sensor is looked for by who knows where all others are; print how near he comes."""
    away = np.hypot(*(grid[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    others = np.hypot(*(ears[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    found = []
    sought = chance.permutation(len(ears))[:HIDDEN]
    for hidden in sought:
        best, where = -np.inf, 0
        for range_km in RANGES_KM:
            known = np.delete(_heard(others, range_km), hidden, axis=0).sum(axis=0)
            ears_of = known[None, :] + _heard(away, range_km)
            for enough in ENOUGH:
                told = np.clip(1.0 / (1.0 + np.exp(enough - ears_of)), 0.01, 0.99)
                fit = np.where(released, np.log(told), np.log(1.0 - told)).sum(axis=1)
                if fit.max() > best:
                    best, where = float(fit.max()), int(fit.argmax())
        found.append(float(np.hypot(*(grid[where] - ears[hidden]))))
    lucky = np.hypot(*(within[:, None, :] - ears[None, sought, :]).transpose(2, 0, 1))
    print(
        f"  one hidden among {len(ears) - 1} known: {np.median(found):.1f} km (median of {len(found)}), nearest "
        f"{min(found):.1f} km; within 5 km {np.mean(np.array(found) < 5):.0%}, by chance within the outline "
        f"{np.mean(lucky < 5):.0%}"
    )


def _heard(away: np.ndarray, range_km: float) -> np.ndarray:
    """The probability that a sensor hears a round so far away."""
    heard: np.ndarray = 1.0 / (1.0 + np.exp(np.clip((away - range_km) / (0.15 * range_km), -60.0, 60.0)))
    return heard


def _inside(ears: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Places by chance within the outline of the network."""
    outline = MultiPoint(ears).convex_hull
    low, high = ears.min(axis=0), ears.max(axis=0)
    places = chance.uniform(low, high, (20_000, 2))
    inside: np.ndarray = places[contains_xy(outline, places[:, 0], places[:, 1])]
    return inside


def _guesses(grid: np.ndarray, away: np.ndarray, released: np.ndarray) -> np.ndarray:
    """The places, best first, 10 km apart at least, whose hearing fits best what was told. away: km, place × round."""
    fit = np.full(len(grid), -np.inf)
    for range_km in RANGES_KM:
        heard = np.clip(_heard(away, range_km), 0.02, 0.98)
        fit = np.maximum(fit, np.where(released, np.log(heard), np.log(1.0 - heard)).sum(axis=1))
    guesses: list[np.ndarray] = []
    for index in np.argsort(-fit):
        if all(np.hypot(*(grid[index] - one)) > 10.0 for one in guesses):
            guesses.append(grid[index])
        if len(guesses) == GUESSES:
            break
    return np.array(guesses)


def _nearest(places: np.ndarray, ears: np.ndarray) -> np.ndarray:
    away: np.ndarray = np.hypot(*(places[:, None, :] - ears[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    return away


if __name__ == "__main__":
    main()
