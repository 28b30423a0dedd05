"""Words for probabilities as ICD 203 has them, and sentences that never say how likely and how well known in one."""

import re

import pytest

from missions.events import happened
from missions.folder import concluded, slightly_concluded
from missions.handmade import Shot
from truceline.findings.words import SCALE, Told, counted, grade, likelihood, sentence
from truceline.model.event import Event
from truceline.model.finding import Finding, Outcome, Reason

LIKELY = re.compile(r"almost no chance|almost certain|roughly even|(very )?(un)?likely", re.IGNORECASE)
KNOWN = re.compile(
    r"\b(evidence|robust|provider|rests? on|word of|weak|fair|strong|sensors?|corroborat|confiden)", re.IGNORECASE
)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "almost no chance"), (0.01, "almost no chance"), (0.0499, "almost no chance"),
        (0.05, "very unlikely"), (0.1999, "very unlikely"),
        (0.2, "unlikely"), (0.4499, "unlikely"),
        (0.45, "roughly even chance"), (0.5, "roughly even chance"), (0.5499, "roughly even chance"),
        (0.55, "likely"), (0.7999, "likely"),
        (0.8, "very likely"), (0.9499, "very likely"),
        (0.95, "almost certain"), (0.99, "almost certain"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_words_begin_where_icd_203_lets_them_begin(probability: float, words: str) -> None:
    assert likelihood(probability, in_field=True) == words


def test_every_probability_has_its_word_and_they_rise_together() -> None:
    words = [likelihood(step / 10_000, in_field=True) for step in range(10_001)]
    order = [word for _, word in SCALE]
    assert [word for n, word in enumerate(words) if n == 0 or word != words[n - 1]] == order


def events(*classes: str) -> list[Event]:
    return [happened(f"E-{n}", Shot(0.0, 0.0, 10.0 * n, class_)).event for n, class_ in enumerate(classes)]


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (("impact",), "1 impact"),
        (("impact", "impact"), "2 impacts"),
        (("outgoing", "impact", "outgoing"), "2 outgoing rounds and 1 impact"),
        (("burst", "impact", "outgoing"), "1 burst of small-arms fire, 1 impact and 1 outgoing round"),
        (("explosion", "explosion"), "2 explosions of undetermined kind"),
        (("vehicle", "vehicle"), "2 vehicles"),
    ],
)
def test_events_are_counted_by_class_the_most_first(classes: tuple[str, ...], words: str) -> None:
    assert counted(events(*classes)) == words


SHARES = (("arvia", 0.97), ("bardo", 0.02), ("other", 0.01))


def test_sentences_of_every_outcome() -> None:
    one, two = events("impact"), events("outgoing", "outgoing")
    assert sentence(Told("attributed", two, 0.97, SHARES, ""), in_field=True) == (
        "From 2026-03-10T12:00:00Z to 2026-03-10T12:00:10Z: 2 outgoing rounds (almost certain). It is almost certain "
        "that the fire came from ground held by arvia. Not reviewed."
    )
    assert sentence(Told("undetermined", one, 0.9, SHARES, "no launch was heard"), in_field=True) == (
        "At 2026-03-10T12:00:00Z: 1 impact (very likely). Who fired is undetermined: no launch was heard. Not reviewed."
    )
    assert sentence(Told("exempt", one, 0.9, SHARES, "notice N-1")) == (
        "At 2026-03-10T12:00:00Z: 1 impact, exempt: notice N-1. Not reviewed."
    )
    assert sentence(Told("no_breach", one, 0.9, SHARES, "no provision forbids it")) == (
        "At 2026-03-10T12:00:00Z: 1 impact; no provision forbids it. Not reviewed."
    )


def test_until_enough_of_the_missions_own_blasts_are_scored_the_words_say_so() -> None:
    text = sentence(Told("attributed", events("outgoing"), 0.97, SHARES, ""))
    assert "almost certain" not in text and text.endswith("Not reviewed; calibrated in simulation only.")


def test_support_that_is_all_of_one_interest_group_is_said_to_be() -> None:
    text = sentence(Told("undetermined", events("outgoing"), 0.97, SHARES, "it is weak"), interest="the north")
    assert "one interest group, the north." in text


@pytest.mark.parametrize("outcome", ["attributed", "undetermined", "exempt", "no_breach"])
def test_the_machine_never_says_that_a_party_is_responsible(outcome: Outcome) -> None:
    text = sentence(Told(outcome, events("impact"), 0.97, SHARES, "some reason"), in_field=True)
    assert text.endswith("Not reviewed.")
    assert not re.search(r"responsible|guilty|violat|confiden|is to blame|arvia (fired|did|broke)", text)


def all_findings() -> list[Finding]:
    found = [*concluded().result.findings, *slightly_concluded().result.findings]
    assert {"attributed", "undetermined", "exempt"} <= {one.outcome for one in found}
    return found


def reasons(reason: Reason) -> list[str]:
    return [reason.words, *(words for one in reason.because for words in reasons(one))]


def test_how_likely_and_how_well_known_never_stand_in_one_sentence() -> None:
    """Of what the small mission's findings really say: sentences, and every reason under them."""
    texts = [text for one in all_findings() for text in (one.words, *(w for r in one.reasons for w in reasons(r)))]
    sentences = [part for text in texts for part in re.split(r"(?<=[.;:])\s+", text)]
    assert len(sentences) > 50 and any(LIKELY.search(part) for part in sentences)
    for part in sentences:
        assert not (LIKELY.search(part) and KNOWN.search(part)), part


def test_no_sentence_is_surer_than_one_in_a_hundred() -> None:
    for one in all_findings():
        for text in (one.words, *(w for r in one.reasons for w in reasons(r))):
            numbers = [float(found) for found in re.findall(r"(?<![\d.T:-])[01]\.\d+(?![\d.])", text)]
            assert all(0.01 <= number <= 0.99 for number in numbers), text


@pytest.mark.parametrize(
    ("providers", "sensors", "robustness", "evidence"),
    [
        (3, 8, "R2", "strong"), (3, 7, "R2", "fair"), (2, 8, "R2", "fair"), (3, 8, "R1", "fair"),
        (2, 2, "R1", "fair"), (1, 20, "R1", "weak"), (5, 20, "R0", "weak"), (1, 1, "R0", "weak"),
    ],
)  # fmt: skip
def test_evidence_is_graded_by_the_written_rule(providers: int, sensors: int, robustness: str, evidence: str) -> None:
    assert grade(providers, sensors, robustness) == evidence
