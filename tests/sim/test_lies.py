"""A liar's lines are consistent with its own story and with physics; nobody else's lines change."""

import numpy as np
import numpy.typing as npt
import pytest

from truceline.geo.frame import distance_azimuth
from truceline.sim.invented import Invented
from truceline.sim.sensing import CLUTTER, SOUND, Sightings

from .making import files, made, rows, table

Floats = npt.NDArray[np.float64]
LIAR = '[[lie]]\nproviders = ["borea"]\n'


def theirs(world: Invented, provider: str = "borea") -> npt.NDArray[np.bool_]:
    place = world.world.network.providers.index(provider)
    return np.asarray(world.scene.sensors.provider == place, bool)


def told(world: Invented) -> Sightings:
    """What the liars made up and heard as sound."""
    return world.sightings.take((world.sightings.story >= 0) & (world.sightings.what == SOUND))


def misfits(world: Invented, along: Floats, across: Floats, time_s: Floats) -> Floats:
    """For each made-up arrival, share of the travel time by which the nearest of these happenings misses it."""
    seen, sensors, _air = told(world), world.scene.sensors, world.scene.air
    lon, lat = world.pen.ground.to_lonlat(along, across)
    distance, _ = distance_azimuth(
        lon[None, :], lat[None, :], sensors.lon_deg[seen.sensor][:, None], sensors.lat_deg[seen.sensor][:, None]
    )
    off = seen.time_s[:, None] - time_s[None, :] - distance / 335.0
    nearest = np.abs(off).argmin(axis=1)
    travel = np.maximum(1.0, distance[np.arange(len(seen)), nearest] / 335.0)
    return np.asarray(np.abs(off).min(axis=1) / travel, float)


@pytest.mark.parametrize("kind", ["mirrored", "shifted", "delayed", "turned", "fabricated", "silent", "adaptive"])
def test_a_lie_changes_nobody_elses_lines(kind: str) -> None:
    honest, lying = made(), made(f'{LIAR}kind = "{kind}"\ninvented = 2\n')
    for world in (honest, lying):
        assert np.array_equal(world.sources.time_s, honest.sources.time_s)
    for name in ("time_s", "azimuth_deg", "source", "snr_db"):
        one = getattr(honest.sightings, name)[~theirs(honest)[honest.sightings.sensor]]
        two = getattr(lying.sightings, name)[~theirs(lying)[lying.sightings.sensor]]
        assert np.array_equal(one, two, equal_nan=True)


@pytest.mark.parametrize("kind", ["mirrored", "shifted", "adaptive", "fabricated"])
def test_only_the_liars_sensors_tell_the_story(kind: str) -> None:
    world = made(f'{LIAR}kind = "{kind}"\ninvented = 3\n')
    seen = world.sightings.take(world.sightings.story >= 0)
    assert len(seen) > 3
    assert np.all(theirs(world)[seen.sensor])
    assert np.all(seen.source == CLUTTER)


def test_mirrored_events_fit_the_mirrored_place_and_not_the_true_one() -> None:
    world = made(f'{LIAR}kind = "mirrored"\n', base="[air]\nwind_mps = 0\ntemperature_c = 6\n")
    true = world.sources
    line = world.pen.ground.line_m(true.along_m, true.time_s)
    mirrored = misfits(world, true.along_m, 2 * line - true.across_m, true.time_s)
    assert np.quantile(mirrored, 0.95) < 0.05
    assert np.mean(mirrored) < 0.5 * np.mean(misfits(world, true.along_m, true.across_m, true.time_s))


def test_shifted_events_stand_as_far_off_as_the_truth_says() -> None:
    world = made(f'{LIAR}kind = "shifted"\nshift_km = 4\n', base="[air]\nwind_mps = 0\ntemperature_c = 6\n")
    true = world.sources
    side = np.sign(true.across_m - world.pen.ground.line_m(true.along_m, true.time_s))
    shift = misfits(world, true.along_m, true.across_m - side * 4000.0, true.time_s)
    assert np.quantile(shift, 0.95) < 0.05
    assert world.told[0].shift_m == 4000.0


def test_delayed_and_turned_lines_are_the_true_ones_delayed_and_turned() -> None:
    honest = made().sightings
    mine = theirs(made())[honest.sensor] & (honest.source != CLUTTER)
    late = told(made(f'{LIAR}kind = "delayed"\ndelay_s = 90\n'))
    turned = told(made(f'{LIAR}kind = "turned"\nturn_deg = 25\n'))
    sound = honest.take(mine & (honest.what == SOUND))
    assert np.allclose(np.sort(late.time_s), np.sort(sound.time_s + 90))
    assert np.allclose(np.sort(turned.azimuth_deg), np.sort((sound.azimuth_deg + 25) % 360), equal_nan=True)


def test_a_liar_that_favours_a_party_is_silent_about_its_fire_alone() -> None:
    world = made(f'{LIAR}kind = "silent"\nfavours = 0\n')
    seen = world.sightings.take(theirs(world)[world.sightings.sensor] & (world.sightings.source != CLUTTER))
    assert 0 not in set(world.sources.party[seen.source].tolist())
    assert 1 in set(world.sources.party[seen.source].tolist())


def test_colluding_providers_tell_one_story() -> None:
    world = made('[[lie]]\nkind = "mirrored"\nliars = 2\n')
    liars = world.told[0].providers
    assert len(liars) == 2
    seen = world.sightings.take(world.sightings.story >= 0)
    assert set(world.scene.sensors.provider[seen.sensor].tolist()) == set(liars)
    assert table(files('[[lie]]\nkind = "mirrored"\nliars = 2\n')["truth_world.json"])["lies"][0]["observations"]


def test_two_lies_are_told_by_different_providers() -> None:
    world = made('[[lie]]\nkind = "mirrored"\n[[lie]]\nkind = "delayed"\nliars = 2\n')
    assert set(world.told[0].providers).isdisjoint(world.told[1].providers)


def test_the_adaptive_phantom_stands_over_the_line_where_honest_arrivals_contradict_it_least() -> None:
    calm = "[air]\nwind_mps = 0\ntemperature_c = 6\n"
    adaptive, mirrored = (made(f'{LIAR}kind = "{kind}"\n', base=calm) for kind in ("adaptive", "mirrored"))
    ground, true = adaptive.pen.ground, adaptive.sources
    phantom = adaptive.told[0].story
    assert len(phantom) == len(true)
    was, is_ = (ground.side(s.along_m, s.across_m, true.time_s) for s in (true, phantom))
    assert np.all(was != is_)
    assert np.max(np.abs(phantom.across_m - ground.line_m(phantom.along_m, true.time_s))) < 3000.1
    assert contradiction(adaptive) < 0.7 * contradiction(mirrored)


def contradiction(world: Invented) -> float:
    """Median over happenings of the spread of origin times that honest arrivals imply for what the liars tell."""
    seen, story, sensors = world.sightings, world.told[0].story, world.scene.sensors
    honest = seen.take((seen.source != CLUTTER) & (seen.what == SOUND) & ~theirs(world)[seen.sensor])
    lon, lat = world.pen.ground.to_lonlat(story.along_m, story.across_m)
    at = honest.source
    distance, _ = distance_azimuth(lon[at], lat[at], sensors.lon_deg[honest.sensor], sensors.lat_deg[honest.sensor])
    implied = honest.time_s - distance / 335.0
    spreads = [np.std(implied[at == event]) for event in np.unique(at) if np.sum(at == event) >= 4]
    return float(np.median(spreads))


def test_invented_events_are_heard_by_the_liars_alone_and_stand_on_the_accused_side() -> None:
    world = made(f'{LIAR}kind = "fabricated"\ninvented = 10\nfavours = 0\n', base="")
    lines = set(table(files(f'{LIAR}kind = "fabricated"\ninvented = 10\nfavours = 0\n', base="")["truth_world.json"])
                ["lies"][0]["observations"])  # fmt: skip
    owned = {line for true in rows(files(f'{LIAR}kind = "fabricated"\ninvented = 10\nfavours = 0\n', base="")
                                   ["truth.ndjson"]) for line in true.get("obs", [])}  # fmt: skip
    assert lines and lines.isdisjoint(owned)
    assert world.told[0].invented == 10
    assert not world.told[0].touched.any()


def test_sensors_of_liars_do_not_count_as_having_seen_an_event() -> None:
    folder = files(f'{LIAR}kind = "silent"\nshare = 0.5\n')
    sensors = {f["properties"]["id"]: f["properties"]["provider"] for f in table(folder["network.geojson"])["features"]}
    lines = {row["id"]: row for row in rows(folder["observations.ndjson"])}
    honest_lines = 0
    for true in rows(folder["truth.ndjson"]):
        heard = [lines[line] for line in true.get("obs", []) if lines[line]["kind"] == "arrival"]
        honest = [row for row in heard if sensors[row["sensor"]] != "borea"]
        honest_lines += len(heard) - len(honest)
        assert true["seen"]["arrival"] == len(honest)
    assert honest_lines > 0  # what a liar says truly is still of the event
