"""What the mandate forbids, or a narrower circle alone may learn, is in no edition."""

import json
from pathlib import Path

import pytest

from truceline.custody.policy import read_policy
from truceline.custody.release import read_audience
from truceline.edges.conclude import conclude
from truceline.edges.inputs import Inputs, WholeFile
from truceline.edges.release.make import Request, release
from truceline.edges.release.mandate import allowed, may, why_forbidden
from truceline.edges.seal.make import Sealer
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import plugins
from truceline.model.agreement import Agreement, Provision

from .sealed_dossier import LOG
from .small_result import small_inputs
from .test_release import ENGINE, LATER, POLICY, checked, shown

AUDIENCES = ("public", "party:Aurel", "nation:aland")


def signed(mandate: dict[str, bool | tuple[str, ...]], disclosure: str = "public") -> Agreement:
    one = Provision(
        id="A1", article="1", text="", kind="no_fire", binds=("Aurel",), rule=None, disclosure=disclosure,  # type: ignore[arg-type]
    )  # fmt: skip
    return Agreement(
        id="a", title="", parties=("Aurel", "Brenn"), in_force_from_us=0, provisions=(one,),
        mandate=tuple(sorted(mandate.items())),
    )  # fmt: skip


def forbidden(mandate: dict[str, bool | tuple[str, ...]], to: str, disclosure: str = "public") -> bool:
    return why_forbidden(signed(mandate, disclosure), read_audience(to), {"provisions": ["A1"]}) is not None


@pytest.mark.parametrize("to", AUDIENCES)
def test_silence_of_the_mandate_forbids_nothing(to: str) -> None:
    assert not forbidden({}, to)
    assert allowed(signed({}), read_audience(to), ("party", "outcome")) == ("party", "outcome")


def test_who_may_not_publish_makes_no_public_edition_and_delegations_have_theirs() -> None:
    assert [forbidden({"publish": False}, to) for to in AUDIENCES] == [True, False, False]


def test_who_may_not_verify_says_nothing_of_breaches_to_whom_it_is_not_let() -> None:
    assert [forbidden({"verify": False}, to) for to in AUDIENCES] == [True, True, True]
    assert [forbidden({"verify": ("Aurel",)}, to) for to in AUDIENCES] == [True, False, True]
    assert [forbidden({"verify": ("public",)}, to) for to in AUDIENCES] == [False, False, False]


@pytest.mark.parametrize(
    ("disclosure", "withheld"),
    [("public", [False] * 3), ("parties", [True, False, False]), ("commission", [True, True, False]),
     ("mission", [True] * 3)],
)  # fmt: skip
def test_each_circle_learns_what_it_may(disclosure: str, withheld: list[bool]) -> None:
    assert [forbidden({}, to, disclosure) for to in AUDIENCES] == withheld


@pytest.mark.parametrize("act", ["name", "attribute"])
def test_who_may_not_name_tells_neither_who_nor_where(act: str) -> None:
    fields = ("~hour", "~cells", "party", "responsibility", "opened_by", "words", "geometry", "outcome")
    kept = [allowed(signed({act: ("Aurel",)}), read_audience(to), fields) for to in AUDIENCES]
    assert kept == [("~hour", "outcome"), fields, ("~hour", "outcome")]
    assert not may(signed({act: False}), act, read_audience("party:Aurel"))


def test_an_edition_of_a_mission_that_may_name_towards_one_party_only(tmp_path: Path) -> None:
    inputs = small_inputs()
    (terms,) = inputs.of_kind("agreement")
    bound = WholeFile("agreement", terms.path, terms.data + b'\n[mandate]\nname = ["Aurel"]\n')
    whole = tuple(bound if one is terms else one for one in inputs.files)
    files = conclude(Inputs(whole, inputs.lines), plugins(), map, lambda _: None).files
    register = SqliteStore.create(tmp_path / "register", LOG.key.name, "test")
    sealer = Sealer(register, LOG, tmp_path / "signed", read_policy("policy", POLICY), POLICY, ())
    sealer.seal(files, tmp_path / "seal")
    told = {}
    for to in ("party:Aurel", "party:Brenn"):
        made = release(files, tmp_path / "seal", sealer, Request(read_audience(to), LATER, None), ENGINE)
        told[to] = shown(checked(made.data), "finding")
    assert "Brenn" in json.dumps(told["party:Aurel"])
    fields = {key for one in told["party:Brenn"] for key in one}
    assert fields and not {"party", "responsibility", "~cells"} & fields
