"""Each deception is what it says: who did it, from whose ground, and what it sends out."""

import numpy as np
import numpy.typing as npt
import pytest

from truceline.sim.invented import Invented
from truceline.sim.nature import Filing
from truceline.sim.sensing import FLASH, SHAKE, SOUND
from truceline.sim.sources import CODE

from .making import files, made, rows, table


def played(kind: str, count: int = 12) -> Invented:
    return made(f'[[deception]]\nkind = "{kind}"\ncount = {count}\n', base="")


def behind_own_line_m(world: Invented, kind: str, class_: str) -> npt.NDArray[np.float64]:
    """Metres behind the deceiver's own line (negative: on the other's ground)."""
    sources = world.sources
    mask = (sources.deception == kind) & (sources.kind == CODE[class_])
    off = sources.across_m[mask] - world.pen.ground.line_m(sources.along_m[mask], sources.time_s[mask])
    assert mask.sum() >= 5
    return np.asarray(np.where(sources.party[mask] % 2 == 0, off, -off), float)


def test_infiltrators_fire_from_the_others_ground_at_their_own() -> None:
    world = played("infiltration")
    assert np.all(behind_own_line_m(world, "infiltration", "outgoing") < 0)
    assert np.mean(behind_own_line_m(world, "infiltration", "impact") > 0) > 0.8


def test_staged_charges_sound_like_impacts_on_ones_own_ground_and_nobody_fired_them() -> None:
    world = played("staged")
    assert np.all(behind_own_line_m(world, "staged", "explosion") > 0)
    sources = world.sources
    staged = sources.deception == "staged"
    assert set(sources.heard_as[staged].tolist()) == {CODE["impact"]}
    assert not any(true["cls"] == "outgoing" for true in truth("staged"))


def truth(kind: str) -> list[dict[str, object]]:
    rows_ = rows(files(f'[[deception]]\nkind = "{kind}"\ncount = 12\n', base="")["truth.ndjson"])
    return [true for true in rows_ if true.get("deception") == kind]


def test_loudspeakers_have_no_flash_and_shake_nothing() -> None:
    world = played("loudspeaker")
    seen = world.sightings
    theirs = np.append(world.sources.deception == "loudspeaker", False)[seen.source]
    assert np.any(theirs & (seen.what == SOUND))
    assert not np.any(theirs & ((seen.what == FLASH) | (seen.what == SHAKE)))
    assert all(true["exempt"] for true in truth("loudspeaker"))


def test_decoy_flashes_are_silent_and_stand_on_the_others_ground() -> None:
    world = played("decoy")
    seen, sources = world.sightings, world.sources
    decoys = np.append((sources.deception == "decoy") & (sources.kind == CODE["other"]), False)[seen.source]
    assert np.any(decoys & (seen.what == FLASH))
    assert not np.any(decoys & (seen.what != FLASH))
    assert np.all(behind_own_line_m(world, "decoy", "other") < 0)
    assert np.all(behind_own_line_m(world, "decoy", "outgoing") > 0)


def test_fire_near_the_line_comes_from_within_a_maps_sigma_of_it() -> None:
    off = behind_own_line_m(played("near_line"), "near_line", "outgoing")
    assert np.all(np.abs(off) < 300 + 4 * 65)
    assert np.median(off) > 0


@pytest.mark.parametrize("kind", ["notice_place", "notice_time", "notice_count", "notice_yield"])
def test_fire_under_a_notice_exceeds_it_in_the_one_way_it_names(kind: str) -> None:
    world = played(kind)
    sources = world.sources
    mine = sources.deception == kind
    fired = mine & ~sources.exempt & np.isin(sources.kind, [CODE["outgoing"], CODE["demolition"]])
    groups = sorted(set(sources.group[fired].tolist()))
    assert len(groups) >= 10
    for group in groups:
        works = np.flatnonzero(mine & sources.exempt & (sources.group == group))
        filing = next(f for f in world.filings if all(inside(world, f, row) == (True, True) for row in works.tolist()))
        hidden = [inside(world, filing, row) for row in np.flatnonzero(fired & (sources.group == group)).tolist()]
        where, when = (float(np.mean(side)) for side in zip(*hidden, strict=True))
        assert where <= 0.1 if kind == "notice_place" else where >= 0.6
        assert when == (0 if kind == "notice_time" else 1)
        if kind == "notice_count":
            assert len(works) + len(hidden) > filing.count
        if kind == "notice_yield":
            assert filing.yield_kg > 0
            assert sources.sound[np.flatnonzero(fired & (sources.group == group))] > 2


def inside(world: Invented, filing: Filing, row: int) -> tuple[bool, bool]:
    """Whether a happening lies within the place and within the time of a notice of its party."""
    sources = world.sources
    off = np.hypot(filing.along_m - sources.along_m[row], filing.across_m - sources.across_m[row])
    theirs = filing.party == sources.party[row]
    return bool(theirs and off <= filing.radius_m), bool(filing.from_s <= sources.time_s[row] < filing.until_s)


def test_announced_blasts_lie_inside_their_notices() -> None:
    world = made("[notices]\ndemining = 12\nblasts = 2\n", base="")
    sources = world.sources
    blasts = np.flatnonzero(sources.kind == CODE["demolition"])
    assert blasts.size >= 20
    for row in blasts:
        assert sources.exempt[row]
        assert any(
            filing.party == sources.party[row]
            and filing.from_s <= sources.time_s[row] < filing.until_s
            and filing.from_s - filing.lodged_s > 24 * 3600
            and np.hypot(filing.along_m - sources.along_m[row], filing.across_m - sources.across_m[row])
            <= filing.radius_m
            for filing in world.filings
        )


def test_a_deceiver_that_is_named_is_the_only_one() -> None:
    world = made('[[deception]]\nkind = "infiltration"\ncount = 10\nparty = 1\n', base="")
    assert set(world.sources.party[world.sources.deception == "infiltration"].tolist()) == {1}


def test_the_truth_names_the_deceiver_not_the_ground() -> None:
    folder = files('[[deception]]\nkind = "infiltration"\ncount = 12\n', base="")
    names = table(folder["truth_world.json"])["parties"]
    for true in rows(folder["truth.ndjson"]):
        if true.get("deception") == "infiltration" and true["cls"] == "outgoing":
            line = float(played("infiltration").pen.ground.line_m(true["along_m"], 0.0))
            assert names.index(true["party"]) == (1 if true["across_m"] > line else 0)
