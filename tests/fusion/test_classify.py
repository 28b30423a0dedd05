"""What things are is told by what sensors call them, as far as that has proved to mean something, and by physics."""

from collections.abc import Sequence

import numpy as np
import pytest

from missions.handmade import ring
from truceline.fusion.attach import Places
from truceline.fusion.classify import Classified, Heard, classify
from truceline.fusion.confusion import INDEX, Confusion, calls_of, nothing_confused
from truceline.fusion.scene import REACHES_M
from truceline.model.network import Network
from truceline.model.observation import CLASSES, Arrival, Labels

NETWORK = Network(tuple(sorted(ring(9, 6_000.0), key=lambda one: one.id)))
SENSORS = [one.id for one in NETWORK.sensors]
# A classifier that is fooled the one way and not the other, and does not know it.
CALLED_THUNDER: Labels = (("burst", 0.02), ("impact", 0.15), ("thunder", 0.83))
CALLED_BURST: Labels = (("burst", 0.75), ("impact", 0.03), ("thunder", 0.22))
CALLED_IMPACT: Labels = (("burst", 0.02), ("impact", 0.83), ("thunder", 0.15))
HALF: Labels = (("burst", 0.5), ("thunder", 0.5))


def heard_as(*labels: Labels, first: int = 0) -> list[Arrival]:
    """One sensor after another says one of these of an event."""
    return [
        Arrival(
            id=f"o{first + n}", sensor=SENSORS[(first + n) % len(SENSORS)], time_us=0, time_sigma_s=0.02,
            received_us=0, wave="acoustic", digest="0" * 64, labels=one,
        )
        for n, one in enumerate(labels)
    ]  # fmt: skip


def looked_at(
    events: Sequence[Sequence[Arrival]],
    *,
    reach_m: float | None = None,
    real: float = 1.0,
    hour: float = 12.0,
    before: Confusion | None = None,
) -> Classified:
    """Events far from one another, all of which carried as far (None: nobody can tell)."""
    count = len(events)
    apart = np.arange(count, dtype=float) * 20_000.0
    places = Places(apart, np.zeros(count), np.full(count, 20.0), apart, np.zeros(count))
    told = np.zeros(len(REACHES_M)) if reach_m is None else -2.0 * np.abs(np.log(REACHES_M / reach_m)) * 4
    heard = Heard(places, np.tile(told, (count, 1)), np.full(count, real), np.full(count, hour))
    return classify(events, heard, NETWORK, before or nothing_confused(NETWORK))


def storm(count: int = 60) -> list[list[Arrival]]:
    """Thunder that everybody hears, now and then called an impact, never small arms."""
    return [
        heard_as(*[CALLED_IMPACT if (n + k) % 7 == 0 else CALLED_THUNDER for k in range(6)], first=n)
        for n in range(count)
    ]


def share(found: Classified, event: int, class_: str) -> float:
    return dict(found.labels[event]).get(class_, 0.0)


def test_what_thunder_is_never_called_is_no_thunder() -> None:
    fooled = heard_as(CALLED_THUNDER, CALLED_BURST, CALLED_THUNDER, CALLED_BURST)
    alone = looked_at([fooled])
    among = looked_at([*storm(), fooled])
    assert share(alone, 0, "thunder") > 0.9
    assert share(among, len(storm()), "burst") > 0.8
    assert share(among, 0, "thunder") > 0.99


def test_what_was_learnt_in_one_hour_serves_the_next() -> None:
    fooled = heard_as(CALLED_THUNDER, CALLED_BURST, CALLED_THUNDER, CALLED_BURST)
    learnt = looked_at(storm()).confusion
    assert share(looked_at([fooled], before=learnt), 0, "burst") > 0.8


@pytest.mark.parametrize("events", [storm(), [heard_as(CALLED_THUNDER)] * 30], ids=["not real", "heard by one"])
def test_what_may_not_have_happened_and_what_one_alone_says_teaches_nothing(events: list[list[Arrival]]) -> None:
    found = looked_at(events, real=0.5 if len(events[0]) > 1 else 1.0)
    assert not found.confusion.counts.any()


def test_a_model_that_calls_everything_alike_is_worth_nothing() -> None:
    providers = {sensor.id: sensor.provider for sensor in NETWORK.sensors}
    odd = NETWORK.sensors[0].provider
    assert len(set(providers.values())) > 1
    events = []
    for n in range(80):
        true = CALLED_THUNDER if n % 2 else CALLED_BURST
        seen = heard_as(*[true] * len(SENSORS))
        events.append(
            [one if providers[one.sensor] != odd else heard_as(CALLED_IMPACT, first=k)[0] for k, one in enumerate(seen)]
        )
    confusion = looked_at(events).confusion
    considered = np.ones((1, len(CLASSES)))
    rows = [INDEX["thunder"], INDEX["burst"]]

    def ratio(labels: Labels, provider: str) -> float:
        sensor = next(n for n, id_ in enumerate(SENSORS) if providers[id_] == provider)
        calls = calls_of([heard_as(labels, first=sensor)], NETWORK, confusion, considered)
        thunder, burst = confusion.likelihood(calls)[0, rows]
        return float(thunder / burst)

    other = next(name for name in providers.values() if name != odd)
    assert ratio(CALLED_THUNDER, other) > 10
    assert ratio(CALLED_IMPACT, odd) == pytest.approx(1.0, abs=0.3)


def test_small_arms_carry_a_mile_and_thunder_ten() -> None:
    near, far = (
        looked_at([heard_as(*[HALF] * 6)], reach_m=1_500.0),
        looked_at([heard_as(*[HALF] * 6)], reach_m=12_000.0),
    )
    assert share(near, 0, "burst") > 0.8 and share(far, 0, "thunder") > 0.8
    assert near.reasons[0][-1] == "It carried as far as burst does, not as thunder."


def test_who_heard_it_does_not_outvote_what_all_who_heard_it_say() -> None:
    assert share(looked_at([heard_as(*[CALLED_BURST] * 6)], reach_m=12_000.0), 0, "burst") > 0.5


def test_quarries_blast_by_day() -> None:
    even: Labels = (("impact", 0.5), ("quarry_blast", 0.5))
    day, night = looked_at([heard_as(even, even)], hour=12.0), looked_at([heard_as(even, even)], hour=23.0)
    assert share(day, 0, "quarry_blast") == pytest.approx(0.5, abs=0.05)
    assert share(night, 0, "quarry_blast") == pytest.approx(0.25, abs=0.05)
    assert "It was night, when quarries hardly blast." in night.reasons[0]


def test_reasons_count_who_calls_it_what() -> None:
    found = looked_at([heard_as(CALLED_IMPACT, CALLED_IMPACT, CALLED_THUNDER), []])
    assert found.reasons[0][0] == "2 of 3 observations with labels call it impact."
    assert found.reasons[1] == ("No observation says what it was.",)
    assert found.labels[1] == (("explosion", 1.0),)
