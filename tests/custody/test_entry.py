"""Entries: one writing, fast or slow, and no other bytes are an entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.custody.canonical import canonical_json
from truceline.custody.entry import KINDS, VERSION, Entry, entry_of, read_entry


@given(id_=st.text(st.characters(exclude_categories=["Cs"])), kind=st.sampled_from(KINDS), data=st.binary())
def test_an_entry_is_written_in_one_way_and_read_back(id_: str, kind: str, data: bytes) -> None:
    entry = entry_of(kind, id_, data)
    assert entry.to_bytes() == canonical_json({"v": VERSION, "kind": kind, "id": id_, "sha256": entry.sha256})
    assert read_entry(entry.to_bytes()) == entry


@pytest.mark.parametrize("place", range(0, 130, 3))
def test_a_changed_byte_is_another_entry_or_none(place: int) -> None:
    data = Entry("observation", "A1-000017", "ab" * 32).to_bytes()
    for bit in range(8):
        bent = bytearray(data)
        bent[place % len(data)] ^= 1 << bit
        try:
            assert read_entry(bytes(bent)).to_bytes() == bytes(bent)
        except ValueError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"id":"x","kind":"observation","sha256":"' + b"a" * 64 + b'","v":2}',
        b'{"id":"x","kind":"rumour","sha256":"' + b"a" * 64 + b'","v":1}',
        b'{"id":"x","kind":"observation","sha256":"' + b"A" * 64 + b'","v":1}',
        b'{"id":"x","kind":"observation","sha256":"' + b"a" * 64 + b'","v":1} ',
        b'{"kind":"observation","id":"x","sha256":"' + b"a" * 64 + b'","v":1}',
        b'{"id":"x","kind":"observation","sha256":"' + b"a" * 64 + b'","v":1,"w":1}',
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="the entry"):
        read_entry(data)
