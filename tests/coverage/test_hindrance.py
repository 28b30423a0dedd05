"""Who made us blind, as a finding: the same standard as for any other."""

from collections.abc import Sequence

from truceline.coverage.loss import Loss
from truceline.findings.hindrance import hindrances
from truceline.model.agreement import Agreement
from truceline.model.finding import Finding

HOUR = 3_600_000_000
AGREEMENT = Agreement(id="a", title="a", parties=("north", "south"), in_force_from_us=0)
SILENT = Agreement(id="a", title="a", parties=("north", "south"), in_force_from_us=0, mandate=(("attribute", False),))


def loss(sensor: str = "S1", provider: str = "aland", restricted: float = 0.99, north: float = 0.98) -> Loss:
    rest = round(1 - restricted, 4)
    return Loss(
        sensor=sensor, provider=provider, from_us=HOUR, until_us=None,
        causes=(("failure", rest), ("jamming", 0.0), ("restriction", restricted), ("withdrawal", 0.0)),
        responsibility=(("north", north), ("other", 0.0), ("south", round(1 - north, 4))),
        reasons=("a gate was closed",),
    )  # fmt: skip


def found(
    some: Sequence[Loss], agreement: Agreement = AGREEMENT, providers: Sequence[str] = ("aland", "borea")
) -> tuple[Finding, ...]:
    return hindrances(
        agreement, some, providers, lambda out: [one for one in some if one.provider not in out]
    )  # fmt: skip


def test_a_party_is_named_where_two_providers_were_hindered_alike() -> None:
    first, second = found([loss(), loss("S2", "borea")])
    assert (first.outcome, first.party, first.robustness) == ("attributed", "north", "R1")
    assert second.outcome == "attributed"
    assert "very likely that north did. Not reviewed" in first.words
    assert first.provisions == () and first.status == "automatic"


def test_no_one_is_named_on_the_word_of_one_provider() -> None:
    (alone,) = found([loss()])
    assert (alone.outcome, alone.party, alone.robustness) == ("undetermined", None, "R0")
    assert "it would rest on the word of aland, and R1 is required" in alone.words
    (both_own, _) = found([loss(), loss("S2")])
    assert both_own.outcome == "undetermined"
    (lone,) = found([loss()], providers=("aland",))
    assert lone.outcome == "undetermined"


def test_too_little_names_nobody_and_a_failure_is_no_finding() -> None:
    unsure, _ = found([loss(north=0.7), loss("S2", "borea", north=0.7)])
    assert unsure.outcome == "undetermined" and "standard of 0.95" in unsure.words
    assert found([loss(restricted=0.3)]) == ()


def test_another_party_blamed_by_the_other_provider_does_not_stand_by() -> None:
    first, _ = found([loss(), loss("S2", "borea", north=0.02)])
    assert first.outcome == "undetermined"


def test_a_mandate_that_does_not_attribute_names_nobody() -> None:
    assert {one.outcome for one in found([loss(), loss("S2", "borea")], SILENT)} == {"undetermined"}
