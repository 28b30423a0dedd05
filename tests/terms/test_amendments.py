"""Dates: the text in force then applies, always; amended three times, then suspended."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.model.instant import US_PER_S, Instant, parse_utc
from truceline.model.problem import Unusable

from .making import agreement, ask, beside, event, sentences

TERMS = """
[agreement]
id = "dated"
title = "A text with a history"
parties = ["amber", "teal"]
in_force_from = 2026-01-01T00:00:00Z
areas = "areas.geojson"

[[provision]]
id = "P"
article = "Article 1"
text = "No fire within 1 km of the line."
kind = "no_fire"
binds = ["amber", "teal"]
area = "contact-line"
within_m = 1000

[[amendment]]
id = "first"
article = "Protocol 1"
amends = "P"
from = 2026-02-01T00:00:00Z
within_m = 2000

[[amendment]]
id = "third"
article = "Protocol 3"
amends = "P"
from = 2026-04-01T00:00:00Z
text = "No fire within 4 km of the line."
within_m = 4000
attribution_threshold = 0.8

[[amendment]]
id = "second"
article = "Protocol 2"
amends = "P"
from = 2026-03-01T00:00:00Z
within_m = 3000

[[suspension]]
from = 2026-05-01T00:00:00Z
until = 2026-06-01T00:00:00Z
provisions = ["P"]
"""
SIGNED = agreement(TERMS)
TEXTS = (
    ("2026-01-01T00:00:00Z", "P", 1000.0),
    ("2026-02-01T00:00:00Z", "P@first", 2000.0),
    ("2026-03-01T00:00:00Z", "P@second", 3000.0),
    ("2026-04-01T00:00:00Z", "P@third", 4000.0),
    ("2026-05-01T00:00:00Z", "", 0.0),
    ("2026-06-01T00:00:00Z", "P@third", 4000.0),
)
STARTS = [parse_utc(start) for start, _, _ in TEXTS]
YEAR_END = parse_utc("2027-01-01T00:00:00Z")


def in_force(when: Instant) -> tuple[str, float]:
    """The version in force at an instant, and its distance."""
    return next((id_, metres) for start, id_, metres in reversed(TEXTS) if parse_utc(start) <= when)


@settings(max_examples=60, deadline=None)
@given(
    when=st.one_of(
        st.integers(parse_utc(TEXTS[0][0]), YEAR_END),
        st.tuples(st.sampled_from(STARTS), st.sampled_from([-US_PER_S, 0, US_PER_S])).map(sum),
    ),
    metres=st.sampled_from([500.0, 999.0, 1001.0, 1999.0, 2001.0, 2999.0, 3001.0, 3999.0, 4001.0]),
)  # fmt: skip
def test_the_text_in_force_then_applies(when: Instant, metres: float) -> None:
    if when < parse_utc(TEXTS[0][0]):
        assert ask(SIGNED, event(at=beside(30.1, 50.1, east_m=metres), time_us=when, sigma_s=0.0, sigma_m=0.2)) == ()
        return
    id_, reach = in_force(when)
    found = ask(SIGNED, event(at=beside(30.1, 50.1, east_m=metres), time_us=when, sigma_s=0.0, sigma_m=0.2))
    assert [breach.provision for breach in found if breach.verdict == "breach"] == ([id_] if metres < reach else [])


def test_an_amendment_keeps_what_it_does_not_change_and_says_so() -> None:
    versions = {one.id: one for one in SIGNED.provisions}
    assert versions["P@second"].text == "No fire within 1 km of the line."
    assert versions["P@third"].text == "No fire within 4 km of the line."
    assert versions["P@third"].article == "Article 1 as amended by Protocol 3"
    assert [versions[id_].attribution_threshold for id_ in ("P@second", "P@third")] == [0.95, 0.8]
    assert {one.name for one in SIGNED.provisions} == {"P"}


def test_an_amended_text_did_not_begin_anew() -> None:
    """A round that comes down a minute after an amendment was not fired when nothing was forbidden."""
    landed = event(at=beside(30.1, 50.1, east_m=500.0), time_us=parse_utc("2026-02-01T00:01:00Z"), impact=1.0)
    (breach,) = ask(SIGNED, landed)
    assert breach.verdict == "breach"
    assert any("in force, since 2026-01-01T00:00:00Z" in sentence for sentence in sentences(breach.reason))
    again = event(at=beside(30.1, 50.1, east_m=500.0), time_us=parse_utc("2026-06-01T00:01:00Z"), impact=1.0)
    assert ask(SIGNED, again)[0].verdict == "indeterminate"


def test_a_repealed_text_is_gone() -> None:
    repealed = TERMS.replace('id = "second"', 'id = "second"\nrepeals = true').replace("within_m = 3000\n", "")
    signed = agreement(repealed)
    near = beside(30.1, 50.1, east_m=100.0)
    assert ask(signed, event(at=near, time_us=parse_utc("2026-02-28T23:59:59Z"), sigma_s=0.0)) != ()
    assert ask(signed, event(at=near, time_us=parse_utc("2026-03-01T00:00:00Z"), sigma_s=0.0)) == ()


@pytest.mark.parametrize(("old", "new", "what"), [
    ("from = 2026-03-01T00:00:00Z\nwithin", "from = 2026-02-01T00:00:00Z\nwithin", "amended twice at the same time"),
    ('amends = "P"\nfrom = 2026-03', 'amends = "Q"\nfrom = 2026-03', "'amends' is 'Q'"),
    ("within_m = 3000", 'kind = "no_entry"', "cannot change the kind"),
    ("within_m = 3000", "repeals = true\nwithin_m = 3000", "repeals the provision and changes it too"),
    ("within_m = 3000", "withn_m = 3000", "unknown key 'withn_m'"),
])  # fmt: skip
def test_a_faulty_amendment_is_found(old: str, new: str, what: str) -> None:
    with pytest.raises(Unusable) as caught:
        agreement(TERMS.replace(old, new))
    assert [problem.what for problem in caught.value.problems if what in problem.what] != []
