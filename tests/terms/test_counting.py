"""Counting by the rule of the field: the check of a published day, partitions, and what cannot be counted."""

from hypothesis import given
from hypothesis import strategies as st

from truceline.model.observation import CLASSES, Report
from truceline.terms.counting import FIELD_RULE, Item, Number, counting_rule, event_items, observed_items, tally

from .agreements import LARGEST, worked
from .making import NOON, event

# OSCE Special Monitoring Mission to Ukraine, daily report of 13 October 2020: violations by what was observed.
DAY = (
    Item("explosion", (398, 398)),
    Item("projectile", (17, 17)),
    Item("muzzle_flash", (7, 7)),
    Item("flare", (21, 21)),
    Item("burst", (1_100, 1_100)),
    Item("shot", (77, 77)),
)


def test_the_published_day_adds_up() -> None:
    found = tally(DAY)
    assert [(name, number.least) for name, number in found.categories] == [
        ("explosions", 398),
        ("projectiles", 17),
        ("muzzle_flashes", 7),
        ("illumination_flares", 21),
        ("bursts_and_shots", 1_177),
    ]
    assert found.total == Number(1_620, 1_620)
    assert str(found.total) == "1,620"


def test_explosions_are_parted_and_their_parts_are_the_whole() -> None:
    items = [Item("explosion", (3, 3)), Item("outgoing", (4, 4)), Item("impact", (5, 5)), Item("airburst")]
    found = tally(items)
    assert found.explosions == (
        ("undetermined", Number(3, 3)),
        ("outgoing", Number(4, 4)),
        ("impact", Number(5, 5)),
        ("airburst", Number(1, 1)),
    )
    assert sum((number for _, number in found.explosions), Number()) == dict(found.categories)["explosions"]


def test_uncountable_is_kept_and_adds_to_no_number() -> None:
    found = tally([Item("burst", None), Item("burst", (2, 5)), Item("shot")])
    assert found.total == Number(3, 6, uncountable=1)
    assert str(found.total) == "3–6 and an uncountable number"


def test_what_the_rule_does_not_count_is_not_lost() -> None:
    found = tally([Item("demolition", (2, 2)), Item("thunder")])
    assert found.total == Number()
    assert found.uncounted == {"demolition": Number(2, 2), "thunder": Number(1, 1)}


@given(st.lists(st.tuples(st.sampled_from([*CLASSES, "muzzle_flash"]), st.integers(0, 50))))
def test_every_item_counts_once_or_is_named_uncounted(items: list[tuple[str, int]]) -> None:
    found = tally(Item(class_, (number, number)) for class_, number in items)
    counted = found.total.least + sum(number.least for number in found.uncounted.values())
    assert counted == sum(number for _, number in items)


def test_an_agreement_may_have_a_rule_of_its_own() -> None:
    assert counting_rule(worked("minsk-2").agreement) == FIELD_RULE
    assert dict(counting_rule(worked(LARGEST).agreement)) == dict(FIELD_RULE)


def test_reports_and_events_become_items() -> None:
    heard = Report(
        id="r", sensor="post", time_us=NOON, time_sigma_s=1.0, received_us=NOON, digest="",
        labels=(("burst", 0.3), ("outgoing", 0.7)), heard=True, count=(2, 4),
    )  # fmt: skip
    assert observed_items([heard]) == (Item("outgoing", (2, 4)),)
    assert event_items([event(impact=0.9, thunder=0.1)]) == (Item("impact"),)
