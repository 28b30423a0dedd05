"""The prohibition of fire and the notice that exempts: both outcomes, both boundaries, and what stays open."""

from dataclasses import replace

import pytest

from truceline.model.event import Event
from truceline.model.filing import Notice
from truceline.model.finding import Breach
from truceline.model.instant import US_PER_HOUR, US_PER_S, parse_utc
from truceline.model.observation import Report
from truceline.terms.facts import Facts

from .making import INSIDE, NOON, TERMS, agreement, ask, beside, event, notice, sentences

SIGNED = agreement()
START = parse_utc("2026-03-01T00:00:00Z")


def verdicts(*breaches: Breach) -> list[tuple[str, str]]:
    return [(breach.provision, breach.verdict) for breach in breaches]


def test_fire_by_a_party_breaks_the_article() -> None:
    (breach,) = ask(SIGNED, event(outgoing=0.98, thunder=0.02))
    assert (breach.provision, breach.actor, breach.verdict) == ("A1", "amber", "breach")
    assert breach.probability == pytest.approx(0.98)
    assert breach.events == ("E-1",)
    assert "fire with probability 0.98" in breach.decided_by
    assert any("No weapon shall be fired" in sentence for sentence in sentences(breach.reason))


def test_who_is_not_bound_breaks_nothing() -> None:
    assert ask(SIGNED, event(), actor="other") == ()


def test_thunder_breaks_nothing() -> None:
    assert ask(SIGNED, event(thunder=0.97, impact=0.03)) == ()


def test_doubt_about_what_it_was_leaves_it_open() -> None:
    (breach,) = ask(SIGNED, event(outgoing=0.6, thunder=0.4))
    assert breach.verdict == "indeterminate"


@pytest.mark.parametrize(("off_m", "verdict"), [(1.0, "breach"), (-1.0, None)])
def test_one_metre_beside_the_edge_of_the_area(off_m: float, verdict: str | None) -> None:
    at = beside(30.0, 50.05, east_m=off_m)
    found = ask(SIGNED, event(at=at, sigma_m=0.3))
    assert [breach.verdict for breach in found] == ([verdict] if verdict else [])


def test_a_position_that_straddles_the_edge_leaves_it_open_and_says_how_probably_it_is_inside() -> None:
    (breach,) = ask(SIGNED, event(at=beside(30.0, 50.05, east_m=100.0), sigma_m=100.0))
    assert breach.verdict == "indeterminate"
    assert breach.probability == pytest.approx(0.841, abs=0.002)
    assert breach.decided_by == "it lies inside square with probability 0.84 (about 100 m inside the edge)"


@pytest.mark.parametrize(("off_s", "verdict"), [(1.0, "breach"), (0.0, "breach"), (-1.0, None)])
def test_one_second_beside_entry_into_force(off_s: float, verdict: str | None) -> None:
    found = ask(SIGNED, event(time_us=START + round(off_s * US_PER_S), sigma_s=0.0))
    assert [breach.verdict for breach in found] == ([verdict] if verdict else [])


def test_a_time_that_straddles_entry_into_force_leaves_it_open() -> None:
    (breach,) = ask(SIGNED, event(time_us=START + US_PER_S, sigma_s=1.0))
    assert breach.verdict == "indeterminate"
    assert breach.probability == pytest.approx(0.841, abs=0.002)
    assert "1 s after 2026-03-01T00:00:00Z" in breach.decided_by


def test_rounds_in_flight_at_the_second_of_entry_into_force() -> None:
    landing = event("E-2", time_us=START + 20 * US_PER_S, impact=1.0)
    (alone,) = ask(SIGNED, landing)
    assert (alone.verdict, alone.probability) == ("indeterminate", 0.0)
    assert "may have been in flight" in alone.decided_by

    launched_before = event("E-1", time_us=START - 15 * US_PER_S, outgoing=1.0)
    assert ask(SIGNED, launched_before, landing) == ()

    launched_after = event("E-1", time_us=START + 2 * US_PER_S, outgoing=1.0)
    (both,) = ask(SIGNED, launched_after, landing)
    assert (both.verdict, both.events) == ("breach", ("E-1", "E-2"))

    (late,) = ask(SIGNED, event(time_us=START + 121 * US_PER_S, impact=1.0))
    assert late.verdict == "breach"


def test_a_suspension_lifts_the_article_for_its_party_alone() -> None:
    signed = agreement(TERMS + '[[suspension]]\nparty = "amber"\nfrom = 2026-03-10T11:00:00Z\n')
    assert ask(signed, event()) == ()
    assert verdicts(*ask(signed, event(), actor="teal")) == [("A1", "breach")]


def covered(*events: Event, actor: str = "amber", notices: tuple[Notice, ...] | None = None) -> tuple[Breach, ...]:
    return ask(SIGNED, actor=actor, facts=Facts(events=events, notices=notices or (notice(),)))


def test_an_announced_demolition_is_exempt_and_the_notice_is_named() -> None:
    (breach,) = covered(event(demolition=0.8, impact=0.12, quarry_blast=0.08))
    assert breach.verdict == "exempt"
    assert breach.decided_by.startswith("notice N-1 (demolition, received 2026-03-09T11:00:00Z)")


def test_an_explosion_of_no_determined_kind_is_exempt_there_and_then() -> None:
    assert verdicts(*covered(event(explosion=1.0))) == [("A1", "exempt")]


def test_fire_behind_a_notice_is_still_fire() -> None:
    assert verdicts(*covered(event(outgoing=0.97, demolition=0.03))) == [("A1", "breach")]


def test_a_demolition_no_one_announced_is_no_breach_of_the_ban_on_fire() -> None:
    assert ask(SIGNED, event(demolition=0.98, impact=0.02)) == ()


def test_a_notice_is_of_use_only_to_who_lodged_it() -> None:
    assert verdicts(*covered(event(explosion=1.0), actor="teal")) == [("A1", "breach")]


@pytest.mark.parametrize(("hours", "verdict"), [(24.0, "exempt"), (24.0 - 1 / 3600, "breach")])
def test_a_notice_must_be_received_in_time(hours: float, verdict: str | None) -> None:
    (breach,) = covered(event(explosion=1.0), notices=(notice(hours_before=hours),))
    assert breach.verdict == verdict
    assert verdict == "exempt" or "are asked" in sentences(breach.reason)[-1]


@pytest.mark.parametrize(("off_m", "verdict"), [(499.0, "exempt"), (501.0, "breach")])
def test_one_metre_beside_the_radius_of_a_notice(off_m: float, verdict: str | None) -> None:
    at = beside(*INSIDE, north_m=off_m)
    assert verdicts(*covered(event(at=at, sigma_m=0.2, explosion=1.0))) == [("A1", verdict)]


@pytest.mark.parametrize(("time_us", "verdict"), [
    (NOON - US_PER_S, "breach"),
    (NOON, "exempt"),
    (NOON + US_PER_HOUR - US_PER_S, "exempt"),
    (NOON + US_PER_HOUR, "breach"),
])  # fmt: skip
def test_one_second_beside_the_span_of_a_notice(time_us: int, verdict: str | None) -> None:
    assert verdicts(*covered(event(time_us=time_us, sigma_s=0.0, explosion=1.0))) == [("A1", verdict)]


def test_a_position_that_straddles_the_radius_leaves_the_exemption_open() -> None:
    (breach,) = covered(event(at=beside(*INSIDE, north_m=500.0), sigma_m=50.0, explosion=1.0))
    assert breach.verdict == "indeterminate"
    assert breach.probability == pytest.approx(0.5, abs=0.03)


def test_of_more_blasts_than_announced_the_latest_are_not_covered() -> None:
    blasts = [event(f"E-{n}", time_us=NOON + n * US_PER_S, explosion=1.0) for n in (1, 2, 3)]
    facts = Facts(events=tuple(reversed(blasts)), notices=(notice(count=2),))
    (breach,) = ask(SIGNED, facts=facts, about=("E-1", "E-2", "E-3"))
    assert (breach.verdict, breach.events) == ("breach", ("E-3",))
    assert any("used up: it counts 2" in sentence for sentence in sentences(breach.reason))


def test_a_notice_is_used_up_by_events_of_other_acts_too() -> None:
    blasts = tuple(event(f"E-{n}", time_us=NOON + n * US_PER_S, explosion=1.0) for n in (1, 2))
    facts = Facts(events=blasts, notices=(notice(count=1),))
    assert verdicts(*ask(SIGNED, facts=facts, about=("E-1",))) == [("A1", "exempt")]
    assert verdicts(*ask(SIGNED, facts=facts, about=("E-2",))) == [("A1", "breach")]


def test_fire_near_by_does_not_use_up_a_notice() -> None:
    events = (event("E-1", outgoing=1.0), event("E-2", time_us=NOON + US_PER_S, explosion=1.0))
    facts = Facts(events=events, notices=(notice(count=1),))
    assert verdicts(*ask(SIGNED, facts=facts, about=("E-2",))) == [("A1", "exempt")]


def test_a_matter_on_the_other_side_of_the_globe_is_outside_and_may_be_announced() -> None:
    far = (-150.0, -50.0)
    assert ask(SIGNED, event(at=far)) == ()
    free = agreement(TERMS.replace('area = "square"', ""))
    near = event("E-2", at=beside(*far, north_m=499.0), sigma_m=0.2, explosion=1.0)
    beyond = event("E-3", at=beside(*far, north_m=501.0), sigma_m=0.2, explosion=1.0)
    facts = Facts(events=(event("E-1"), near, beyond), notices=(notice(lon=far[0], lat=far[1], count=None),))
    assert verdicts(*ask(free, facts=facts, about=("E-2",))) == [("A1", "exempt")]
    assert verdicts(*ask(free, facts=facts, about=("E-3",))) == [("A1", "breach")]


HEAVY = (
    TERMS.replace('kind = "no_fire"', 'kind = "no_fire"\nweapons = ["heavy"]')
    + """
[[definition]]
id = "heavy"
article = "Article 0"
text = "Heavy weapons are of 100 mm and more."
calibre_least_mm = 100
"""
)


@pytest.mark.parametrize(("said", "verdict"), [
    (("122mm howitzer",), "breach"),
    (("82mm mortar",), None),
    (("mortar",), "indeterminate"),
    (("122mm howitzer", "82mm mortar"), "indeterminate"),
    ((), "indeterminate"),
])  # fmt: skip
def test_fire_of_some_weapons_only(said: tuple[str, ...], verdict: str | None) -> None:
    fired = replace(event(), observations=tuple(f"R-{n}" for n in range(len(said))))
    reports = tuple(
        Report(
            id=f"R-{n}", sensor="post", time_us=NOON, time_sigma_s=1.0, received_us=NOON, digest="", heard=True,
            labels=(("outgoing", 1.0),), weapon=weapon, count=(1, 1),
        )
        for n, weapon in enumerate(said)
    )  # fmt: skip
    found = ask(agreement(HEAVY), facts=Facts(events=(fired,), observations=reports))
    assert [breach.verdict for breach in found] == ([verdict] if verdict else [])
