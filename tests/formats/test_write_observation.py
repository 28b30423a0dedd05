"""What is written as a line of contract 1 reads back as it was."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.observations_ndjson import read_observation, write_observation
from truceline.model.observation import (
    CLASSES,
    Arrival,
    Bearing,
    Damage,
    Exhibit,
    Fix,
    InspectedItem,
    Inspection,
    Observation,
    Report,
    Restriction,
    Status,
    Track,
)  # fmt: skip

numbers = st.floats(0.001, 1e6)
maybe = st.none() | numbers
azimuths = st.floats(0.0, 359.9)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
instants = st.integers(0, 4_000_000_000_000_000)
labels = st.dictionaries(st.sampled_from(CLASSES), st.floats(0, 1), max_size=4).map(
    lambda given: tuple(sorted(given.items()))
)
exhibit = st.builds(Exhibit, st.just("ab" * 32), names, st.none() | names)
base = {
    "id": names, "sensor": names, "time_us": instants, "time_sigma_s": numbers, "received_us": instants,
    "digest": st.just(""), "snr_db": maybe, "seq": st.none() | st.integers(0, 1_000), "sig": st.none() | names,
    "labels": labels,
    "exhibits": st.lists(exhibit, max_size=2, unique=True).map(tuple),
    "at": st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)), "at_sigma_m": maybe,
}  # fmt: skip
place = {"lon": st.floats(-180, 180), "lat": st.floats(-90, 90), "sigma_m": numbers}
bracket = st.tuples(st.integers(0, 50), st.integers(50, 99))
item = st.builds(InspectedItem, names, st.integers(0, 9), st.integers(0, 9), st.lists(names, max_size=2).map(tuple))
directed = st.one_of(
    st.just({"azimuth_deg": None, "azimuth_sigma_deg": None}),
    st.fixed_dictionaries({"azimuth_deg": azimuths, "azimuth_sigma_deg": st.floats(0.1, 90)}),
)


def built(kind: type[Observation], **further: st.SearchStrategy[object]) -> st.SearchStrategy[Observation]:
    return st.builds(kind, **base, **further)


observations = st.one_of(
    directed.flatmap(
        lambda d: built(
            Arrival, wave=st.sampled_from(("acoustic", "seismic")), trace_velocity_mps=maybe,
            **{name: st.just(value) for name, value in d.items()},
        )
    ),
    built(Bearing, azimuth_deg=azimuths, azimuth_sigma_deg=st.floats(0.1, 90)),
    built(Fix, **place, window_us=st.none() | st.just((-21_600_000_000, 0)), weapon=st.none() | names,
          count=st.none() | bracket, whose=st.none() | names),
    built(Track, **place, track=names, alt_m=maybe, speed_mps=maybe, course_deg=st.none() | azimuths,
          self_reported=st.booleans()),
    directed.flatmap(
        lambda d: built(
            Report, heard=st.just(True), seen=st.booleans(), count=st.none() | bracket, duration_s=maybe,
            range_m=st.none() | st.just((100.0, 200.0)), weapon=st.none() | names, text=st.none() | names,
            whose=st.none() | names, **{name: st.just(value) for name, value in d.items()},
        )
    ),
    built(
        Report, seen=st.just(True), fire_azimuth_deg=azimuths, fire_azimuth_sigma_deg=st.floats(0.1, 90),
    ),
    built(Inspection, site=names, items=st.lists(item, max_size=2).map(tuple), access=names),
    built(Restriction, what=names, who=st.none() | names, until_us=st.none() | instants),
    built(Damage, object=names, persons=st.none() | st.integers(0, 9), cause_stated=st.none() | names),
    built(Status, state=st.sampled_from(("detecting", "blind"))),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(observations)
def test_a_line_reads_back_as_it_was(observation: Observation) -> None:
    again = read_observation(write_observation(observation))
    assert replace(again, digest="") == observation


def test_no_field_of_any_kind_is_forgotten() -> None:
    """A field added to a kind must be given to `observations` above, and so be written."""
    named = Path(__file__).read_text("utf-8")
    for kind in Observation.__subclasses__():
        assert [field.name for field in fields(kind) if not re.search(rf"\b{field.name}\b", named)] == []


def test_exhibits_are_added_once() -> None:
    own = Exhibit("ab" * 32, "application/x-protobuf")
    seen = Status(
        id="a", sensor="s", time_us=0, time_sigma_s=1.0, received_us=0, digest="", exhibits=(own,), state="blind"
    )
    again = read_observation(write_observation(seen, (own, Exhibit("cd" * 32, "text/plain"))))
    assert [exhibit.sha256[:2] for exhibit in again.exhibits] == ["ab", "cd"]


@pytest.mark.parametrize("name", ["lon", "id"])
def test_what_is_read_back_differs_where_it_was_changed(name: str) -> None:
    fix = Fix(id="a", sensor="s", time_us=0, time_sigma_s=1.0, received_us=0, digest="", lon=1.0, lat=2.0, sigma_m=3.0)
    changed = replace(fix, **({"lon": 1.5} if name == "lon" else {"id": "b"}))
    assert write_observation(fix) != write_observation(changed)
