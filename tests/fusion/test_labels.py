"""What it was: labels of several sensors together, sure only where they agree."""

from dataclasses import replace

import numpy as np
import pytest

from missions.handmade import STILL, Shot, case, heard, ring
from truceline.model.event import Event
from truceline.model.observation import Labels

from .scenes import events

NETWORK = ring(9, 6_000.0)


def labelled(*labels: Labels) -> Event:
    """One event of which each sensor in turn says one of these."""
    given = heard(NETWORK, [Shot(500.0, 200.0, 100.0)], STILL, np.random.default_rng(3))
    given = [replace(one, labels=labels[number % len(labels)]) for number, one in enumerate(given)]
    (found,) = events(case(NETWORK, given))
    return found


def share(event: Event, class_: str) -> float:
    return dict(event.labels).get(class_, 0.0)


def test_sensors_that_agree_make_it_surer_than_any_of_them() -> None:
    assert share(labelled((("impact", 0.3), ("outgoing", 0.7))), "outgoing") > 0.9


def test_sensors_that_disagree_leave_it_open() -> None:
    event = labelled((("impact", 0.3), ("outgoing", 0.7)), (("impact", 0.7), ("outgoing", 0.3)))
    assert 0.2 < share(event, "outgoing") < 0.8


def test_one_sensor_that_is_quite_sure_does_not_outvote_many() -> None:
    many = (("impact", 0.2), ("outgoing", 0.8))
    event = labelled((("impact", 1.0), ("outgoing", 0.0)), *[many] * 8)
    assert share(event, "outgoing") > 0.5


def test_what_nobody_named_is_not_said() -> None:
    event = labelled((("impact", 0.4), ("outgoing", 0.6)))
    assert {class_ for class_, value in event.labels if value > 0} <= {"impact", "outgoing"}


def test_without_any_label_it_is_an_explosion_of_undetermined_kind() -> None:
    event = labelled(())
    assert event.class_ == "explosion"


@pytest.mark.parametrize("labels", [(("impact", 0.0), ("outgoing", 0.0)), (("impact", 1.0), ("outgoing", 1.0))])
def test_labels_that_say_nothing_leave_it_open(labels: Labels) -> None:
    event = labelled(labels)
    assert share(event, "impact") == pytest.approx(0.5, abs=0.05)
    assert sum(value for _, value in event.labels) == pytest.approx(1.0)


def test_the_names_of_classes_decide_nothing() -> None:
    one = labelled((("impact", 0.35), ("outgoing", 0.65)), (("impact", 0.5), ("outgoing", 0.5)))
    other = labelled((("impact", 0.65), ("outgoing", 0.35)), (("impact", 0.5), ("outgoing", 0.5)))
    assert share(one, "outgoing") == pytest.approx(share(other, "impact"), abs=0.0011)
