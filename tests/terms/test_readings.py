"""Texts that can be read in two ways, rulings, proxies, roles, hours, and suspensions of an area."""

import pytest

from truceline.model.instant import parse_utc
from truceline.model.problem import Unusable
from truceline.terms.facts import Facts

from .making import INSIDE, NOON, TERMS, agreement, ask, beside, event, sentences

DIVERGENCE = """
[[divergence]]
id = "D"
provision = "A1"
words = "the texts do not say alike what fire is"
"""
RULED = (
    DIVERGENCE
    + """
[[ruling]]
id = "R"
on = "D"
made = 2026-03-20T00:00:00Z
by = "the commission"
holds = "HOLDS"
words = "as it was ruled"
"""
)


def test_a_reading_that_cannot_be_written_leaves_every_touch_open() -> None:
    signed = agreement(TERMS + DIVERGENCE)
    (breach,) = ask(signed, event())
    assert (breach.verdict, breach.probability) == ("indeterminate", 0.0)
    assert breach.decided_by == "the texts do not say alike what fire is; no ruling known settles which reading holds"


def test_what_no_reading_concerns_stays_untouched() -> None:
    assert ask(agreement(TERMS + DIVERGENCE), event(thunder=1.0)) == ()


def test_a_ruling_for_the_text_settles_it_and_is_named() -> None:
    (breach,) = ask(agreement(TERMS + RULED.replace("HOLDS", "text")), event())
    assert breach.verdict == "breach"
    assert any(
        "by ruling R (version 1, 2026-03-20T00:00:00Z, the commission)" in one for one in sentences(breach.reason)
    )


def test_a_ruling_is_not_known_before_it_was_made() -> None:
    signed = agreement(TERMS + RULED.replace("HOLDS", "text"))
    early = Facts(events=(event(),), as_of_us=parse_utc("2026-03-19T23:59:59Z"))
    late = Facts(events=(event(),), as_of_us=parse_utc("2026-03-20T00:00:00Z"))
    assert [ask(signed, facts=one)[0].verdict for one in (early, late)] == ["indeterminate", "breach"]


def test_a_ruling_for_a_reading_that_is_no_data_leaves_it_to_people() -> None:
    (breach,) = ask(agreement(TERMS + RULED.replace("HOLDS", "reading")), event())
    assert breach.verdict == "indeterminate"
    assert "not written as data" in breach.decided_by


def test_both_readings_agree_and_the_outcome_stands() -> None:
    narrower = DIVERGENCE + '[divergence.reading]\nclasses = ["outgoing"]\n'
    signed = agreement(TERMS + narrower)
    assert ask(signed, event(outgoing=1.0))[0].verdict == "breach"
    assert ask(signed, event(burst=1.0))[0].verdict == "indeterminate"


def test_an_exception_may_diverge_too() -> None:
    twelve = DIVERGENCE.replace('"A1"', '"A2"') + "[divergence.reading]\nnotice_hours = 12\n"
    signed = agreement(TERMS + twelve)
    from .making import notice

    def verdict(hours: float) -> str:
        facts = Facts(events=(event(explosion=1.0),), notices=(notice(hours_before=hours),))
        return ask(signed, facts=facts)[0].verdict

    assert [verdict(hours) for hours in (25.0, 13.0, 11.0)] == ["exempt", "indeterminate", "breach"]


def test_an_area_is_suspended_as_far_as_the_position_is_in_it() -> None:
    terms = TERMS.replace('area = "square"', "") + '[[suspension]]\narea = "square"\nfrom = 2026-03-10T11:00:00Z\n'
    signed = agreement(terms)
    assert ask(signed, event(at=INSIDE)) == ()
    assert ask(signed, event(at=beside(30.2, 50.05, east_m=500.0)))[0].verdict == "breach"
    (breach,) = ask(signed, event(at=beside(30.2, 50.05, east_m=10.0), sigma_m=100.0))
    assert breach.verdict == "indeterminate"
    assert "suspended in square" in " ".join(sentences(breach.reason))


HOURS = TERMS.replace('kind = "no_fire"', 'kind = "no_fire"\nhours = ["22:00", "06:00"]').replace(
    'areas = "areas.geojson"', 'areas = "areas.geojson"\nutc_offset = "+02:00"'
)


@pytest.mark.parametrize(("when", "verdict"), [
    ("2026-03-10T19:59:59Z", None),
    ("2026-03-10T20:00:00Z", "breach"),
    ("2026-03-11T03:59:59Z", "breach"),
    ("2026-03-11T04:00:00Z", None),
])  # fmt: skip
def test_hours_are_of_the_local_clock(when: str, verdict: str | None) -> None:
    found = ask(agreement(HOURS), event(time_us=parse_utc(when), sigma_s=0.0))
    assert [breach.verdict for breach in found] == ([verdict] if verdict else [])


def test_a_round_may_be_in_flight_when_the_hours_begin() -> None:
    (breach,) = ask(agreement(HOURS), event(time_us=parse_utc("2026-03-10T20:00:30Z"), sigma_s=0.0, impact=1.0))
    assert breach.verdict == "indeterminate"


PROXY = """
[[actor]]
id = "guard"
name = "the Guard"
role = "proxy"
article = "Article 9"
counts_as = "teal"
"""


def test_a_proxy_s_conduct_counts_as_the_party_s_and_no_other_s() -> None:
    signed = agreement(TERMS + PROXY)
    (breach,) = ask(signed, event(), actor="guard")
    assert (breach.verdict, breach.actor) == ("breach", "guard")
    assert "by Article 9 the conduct of the Guard counts as that of teal" in sentences(breach.reason)
    assert ask(agreement(TERMS + PROXY.replace('counts_as = "teal"\n', "")), event(), actor="guard") == ()


def test_a_role_exempts_and_says_so() -> None:
    terms = TERMS.replace(
        'binds = ["amber", "teal"]\narea', 'binds = ["amber", "observers"]\nexempt_roles = ["monitor"]\narea'
    )
    signed = agreement(terms + '[[actor]]\nid = "observers"\nrole = "monitor"\n')
    (breach,) = ask(signed, event(), actor="observers")
    assert (breach.verdict, breach.decided_by) == ("exempt", "observers acts as monitor, whom Article 1 exempts")


@pytest.mark.parametrize(("old", "new", "what"), [
    ('hours = ["22:00", "06:00"]', 'hours = ["22:00"]', "'hours' is"),
    ('hours = ["22:00", "06:00"]', 'hours = ["25:00", "06:00"]', "'hours' is"),
    ('utc_offset = "+02:00"', 'utc_offset = "2"', "'utc_offset' is '2'"),
])  # fmt: skip
def test_faulty_hours_are_found(old: str, new: str, what: str) -> None:
    with pytest.raises(Unusable) as caught:
        agreement(HOURS.replace(old, new))
    assert what in caught.value.problems[0].what


def test_no_provision_at_all_is_accepted_and_noted() -> None:
    from truceline.formats.toml_document import read_toml
    from truceline.terms.language import read_agreement

    from .making import KINDS

    terms = TERMS[: TERMS.index("[[provision]]")].replace('areas = "areas.geojson"\n', "")
    signed, (note,) = read_agreement(read_toml("terms.toml", terms.encode()), (), KINDS)
    assert (signed.provisions, note.fatal) == ((), False)
    assert note.what == "the agreement has no provision: nothing is forbidden"
    assert ask(signed, event()) == ()
    assert NOON
