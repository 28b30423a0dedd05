"""Fields shown and hidden, and one proof for many leaves."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.custody.fields import WHOLE, Disclosure, Shown, committed, disclose, entry_v2, fields_of, record_key
from truceline.custody.many import proof_of_many, root_by_many
from truceline.custody.merkle import inclusion_proof, leaf_hash, root_of

LINE = b'{"id":"A1-1","sensor":"A1","time":"2026-03-01T10:00:00Z", "azimuth_deg": 312.40 ,"labels":{"outgoing":0.7}}'
SEED = bytes(range(32))
KEY = record_key(SEED, 7)


def test_values_are_the_text_as_received() -> None:
    fields = fields_of(LINE)
    assert fields[WHOLE] == LINE
    assert fields["azimuth_deg"] == b"312.40"
    assert fields["labels"] == b'{"outgoing":0.7}'
    feature = b'{"type":"Feature","geometry":null,"properties":{"id":"E-1","time":"t"}}'
    assert fields_of(feature) == {
        WHOLE: feature, "type": b'"Feature"', "geometry": b"null", "id": b'"E-1"', "time": b'"t"'
    }  # fmt: skip


@pytest.mark.parametrize("record", [b"", b"[1]", b"\xff", b"[" * 5000, b'{"a":', b'"text"', b'{"\\ud800":1}'])
def test_what_is_no_object_is_whole_alone(record: bytes) -> None:
    assert fields_of(record) == {WHOLE: record}


def test_derived_names_cannot_be_taken_by_a_record() -> None:
    assert set(fields_of(b'{"~cell":"x","id":"1"}')) == {WHOLE, "id"}


def test_what_is_shown_is_proven_and_what_is_hidden_counts() -> None:
    fields = fields_of(LINE)
    leaf = leaf_hash(entry_v2("observation", committed(KEY, fields)))
    for names in ([], ["id"], ["id", "labels", "time"], [WHOLE], list(fields)):
        shown = disclose(7, "observation", KEY, fields, names)
        assert set(shown.shown) == set(names) and set(shown.hidden) == set(fields) - set(names)
        assert shown.leaf() == leaf
    some = disclose(7, "observation", KEY, fields, ["id", "time"])
    lies = [
        Disclosure(7, "claim", some.shown, some.hidden),
        Disclosure(7, "observation", {**some.shown, "id": Shown(b'"A2-1"', some.shown["id"].salt)}, some.hidden),
        Disclosure(7, "observation", {"id": some.shown["id"]}, some.hidden),
        Disclosure(7, "observation", some.shown, {k: v for k, v in some.hidden.items() if k != "labels"}),
        Disclosure(7, "observation", some.shown, {**some.hidden, "labels": some.hidden["azimuth_deg"]}),
        Disclosure(7, "observation", {**some.shown, "more": Shown(b"1", bytes(32))}, some.hidden),
    ]
    assert all(lie.leaf() != leaf for lie in lies)


def test_a_hidden_value_cannot_be_tried_without_its_salt() -> None:
    same = [committed(record_key(SEED, n), fields_of(LINE))["azimuth_deg"] for n in range(50)]
    assert len(set(same)) == 50, "the same value under two keys looks different"
    shown = disclose(7, "observation", KEY, fields_of(LINE), ["id"])
    text = json.dumps({k: v.salt.hex() for k, v in shown.shown.items()}) + json.dumps(dict(shown.hidden))
    assert KEY.hex() not in text and SEED.hex() not in text and "312.4" not in text


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_one_proof_for_many(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 60))
    leaves = [leaf_hash(bytes([i])) for i in range(size)]
    wanted = data.draw(st.sets(st.integers(0, size - 1))) if size else set()
    proof = proof_of_many(lambda start, end: root_of(leaves[start:end]), size, wanted)
    root = root_of(leaves)
    chosen = {i: leaves[i] for i in wanted}
    assert root_by_many(size, chosen, proof) == root
    if wanted:
        one = min(wanted)
        assert root_by_many(size, {**chosen, one: leaf_hash(b"forged")}, proof) != root
        assert root_by_many(size, {i: leaf for i, leaf in chosen.items() if i != one}, proof) != root
    if len(wanted) == 1:
        assert sorted(proof) == sorted(inclusion_proof(leaves, min(wanted)))
    for bent in (proof[1:], (*proof, leaf_hash(b"x")), tuple(reversed(proof))):
        if bent != proof:
            assert root_by_many(size, chosen, bent) != root
    assert root_by_many(size, {**chosen, size: leaf_hash(b"beyond")}, proof) is None


def test_a_run_of_leaves_needs_few_hashes() -> None:
    leaves = [leaf_hash(str(i).encode()) for i in range(10_000)]
    proof = proof_of_many(lambda start, end: root_of(leaves[start:end]), 10_000, range(3000, 4200))
    assert len(proof) <= 28
