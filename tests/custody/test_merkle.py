"""The tree against the probes of others, against the recursive text of RFC 6962, and against forged proofs."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.custody.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    root_by_inclusion,
    root_of,
)

VECTORS = Path(__file__).parent / "vectors"


def probes(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def bytes_of(texts: object) -> list[bytes]:
    assert texts is None or isinstance(texts, list)
    return [b64decode(text) for text in texts or []]


@pytest.mark.parametrize("probe", probes("inclusion.ndjson"), ids=lambda p: str(p["file"]))
def test_inclusion_probes_of_transparency_dev(probe: dict[str, object]) -> None:
    index, size = probe["leafIdx"], probe["treeSize"]
    assert isinstance(index, int) and isinstance(size, int)
    found = root_by_inclusion(b64decode(str(probe["leafHash"])), index, size, bytes_of(probe["proof"]))
    assert (found == b64decode(str(probe["root"] or ""))) is not probe["wantErr"]


@pytest.mark.parametrize("probe", probes("consistency.ndjson"), ids=lambda p: str(p["file"]))
def test_consistency_probes_of_transparency_dev(probe: dict[str, object]) -> None:
    first, second = probe["size1"], probe["size2"]
    assert isinstance(first, int) and isinstance(second, int)
    roots = b64decode(str(probe["root1"] or "")), b64decode(str(probe["root2"] or ""))
    assert is_consistent(first, second, *roots, bytes_of(probe["proof"])) is not probe["wantErr"]


def test_hashes_of_rfc_6962() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


def test_roots_of_the_certificate_transparency_reference_tree() -> None:
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    assert [root_of(hashes[: size + 1]).hex() for size in range(8)] == roots


def recursive_root(entries: list[bytes]) -> bytes:
    """MTH as RFC 6962, §2.1 writes it: split at the largest power of two below n."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + recursive_root(entries[:split]) + recursive_root(entries[split:])).digest()


@pytest.mark.parametrize("size", [*range(34), 63, 64, 65, 255, 256, 257, 300])
def test_every_leaf_and_every_beginning_is_proven(size: int) -> None:
    entries = [f"entry {i}".encode() for i in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    root = root_of(leaves)
    assert root == recursive_root(entries)
    for index in range(0, size, 1 if size < 40 else 37):
        assert root_by_inclusion(leaves[index], index, size, inclusion_proof(leaves, index)) == root
    for earlier in range(1, size + 1, 1 if size < 40 else 41):
        path = consistency_proof(leaves, earlier)
        assert is_consistent(earlier, size, root_of(leaves[:earlier]), root, path)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_proof_index_or_size_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    leaves = [leaf_hash(bytes([i])) for i in range(size)]
    root = root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = list(inclusion_proof(leaves, index))
    place = data.draw(st.integers(0, len(path) * 32 - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    bent = [bytes(b ^ bit if 32 * i + j == place else b for j, b in enumerate(step)) for i, step in enumerate(path)]
    assert root_by_inclusion(leaves[index], index, size, bent) != root
    assert root_by_inclusion(leaves[index], index, size, path[1:]) != root
    assert root_by_inclusion(leaves[index], index, size, [*path, path[-1]]) != root
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))
    assert root_by_inclusion(leaves[index], other, size, path) != root


@settings(max_examples=300, deadline=None)
@given(earlier=st.integers(1, 60), grown=st.integers(1, 60), forged=st.integers(0, 59))
def test_a_rewritten_past_is_not_consistent(earlier: int, grown: int, forged: int) -> None:
    forged %= earlier
    old = [leaf_hash(bytes([i])) for i in range(earlier)]
    new = [*old, *(leaf_hash(bytes([100 + i])) for i in range(grown))]
    new[forged] = leaf_hash(b"another past")
    for path in (consistency_proof(new, earlier), consistency_proof([*old, *new[earlier:]], earlier)):
        assert not is_consistent(earlier, len(new), root_of(old), root_of(new), path)
