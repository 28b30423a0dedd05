"""The dossier: the same bytes twice, checked and recomputed by whoever has it, and every single change found."""

import json
import random
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from truceline.custody import dossier as layout
from truceline.custody.archive import read_archive, write_archive
from truceline.custody.bag import bag, unbag
from truceline.custody.many import proof_of_many
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.note import Note
from truceline.custody.policy import read_policy
from truceline.custody.tlog_proof import read_tlog_proof
from truceline.edges.cli.dossier import for_machines, for_people
from truceline.edges.dossier.make import Maker
from truceline.edges.dossier.verify import Verdict, read_dossier, verify_dossier
from truceline.edges.keys import new_signer
from truceline.edges.wiring import plugins
from truceline.model.problem import Unusable

from .dossier_variants import flip, forge, packed
from .sealed_dossier import LOG, WITNESSES, cosigned, policy_text, sealed
from .small_result import small_result
from .test_second_verifier import second

ENGINE = (plugins(), map, lambda what: None)


def verified(data: bytes) -> Verdict:
    return verify_dossier(data, sealed().policy, (), None)


def payload() -> dict[str, bytes]:
    files, problems = read_dossier(sealed().dossier)
    assert problems == ()
    return files


def test_it_holds_is_sealed_and_recomputes_to_the_same() -> None:
    verdict = verify_dossier(sealed().dossier, sealed().policy, (), ENGINE)
    assert verdict.problems == ()
    assert verdict.holds and verdict.sealed and verdict.likeness == "identical"
    said = for_people(verdict)
    assert "byte for byte those of the log" in said
    assert "Witnessed by aland" in said and "Witnessed by neutral" in said and "borea" not in said
    assert said.endswith("HOLDS, and is sealed by your policy.")
    told = json.loads(json.dumps(for_machines(verdict)))
    assert told["holds"] and told["sealed"] and told["quorum"] and told["recomputed"] == "identical"


def test_the_same_bytes_twice_and_an_archive_that_others_open() -> None:
    again = sealed.__wrapped__()  # made anew, with another secret: all but the commitments is the same
    one, two = (read_dossier(data)[0] for data in (sealed().dossier, again.dossier))
    differing = {path for path in one if one[path] != two[path]}
    assert differing <= {
        "records/proof.json", "seal/result.json", "seal/proof.tlog-proof", "ro-crate-metadata.json"
    }  # fmt: skip
    assert write_archive(bag(one)) == sealed().dossier
    with zipfile.ZipFile(BytesIO(sealed().dossier)) as archive:
        assert archive.testzip() is None
        crate = json.loads(archive.read("data/ro-crate-metadata.json"))
    named = {one["@id"] for one in crate["@graph"] if one["@type"] == "File"}
    assert named == set(payload()) - {"ro-crate-metadata.json"}


def test_what_it_says_of_itself() -> None:
    files = payload()
    assert sealed().finding in files["README.txt"].decode()
    assert "from ground held by" in files["explanation.txt"].decode()
    index = json.loads(files["dossier.json"])
    assert index["relied_on"] and set(index["relied_on"]) <= {
        json.loads(line)["id"] for line in files["log/lines/observation.ndjson"].splitlines()
    }


def test_without_a_policy_of_ones_own_the_verdict_says_so() -> None:
    verdict = verify_dossier(sealed().dossier, None, (), None)
    assert verdict.sealed and not verdict.own_policy
    assert "encloses itself" in for_people(verdict)


def test_an_unsealed_dossier_holds_and_says_that_nobody_signed() -> None:
    made = Maker(small_result(), None, None).make(sealed().finding, *ENGINE, whole=True)
    verdict = verify_dossier(made.data, None, (), None)
    assert verdict.holds and not verdict.sealed
    assert "nobody has signed" in for_people(verdict)
    assert json.loads(json.dumps(for_machines(verdict)))["quorum"] is None


def test_keys_that_are_not_believed() -> None:
    other = read_policy("policy", policy_text(new_signer("log", LOG.key.name)))
    verdict = verify_dossier(sealed().dossier, other, (), None)
    assert not verdict.holds
    assert "signed by no log that the policy names" in for_people(verdict)
    alone = rebuilt(lone_witness)
    verdict = verified(alone)
    assert verdict.holds and not verdict.sealed
    assert "NOT reached" in for_people(verdict) and "not sealed as the policy asks" in for_people(verdict)


def lone_witness(files: dict[str, bytes]) -> None:
    proof = read_tlog_proof(files[layout.REGISTER_PROOF])
    note = Note(proof.note.text, tuple(s for s in proof.note.signatures if s.name != WITNESSES["neutral"].key.name))
    files[layout.REGISTER_PROOF] = type(proof)(proof.index, proof.path, note).to_bytes()


def test_there_is_no_such_finding() -> None:
    with pytest.raises(Unusable, match="no such finding"):
        Maker(small_result(), None, None).make("F-0000000000000000", *ENGINE, whole=True)
    forged = {**small_result(), "findings.geojsonl": small_result()["findings.geojsonl"].replace(b"Brenn", b"Aurel")}
    with pytest.raises(Unusable, match=r"findings\.geojsonl"):
        Maker(forged, None, None)


def rebuilt(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The dossier with its payload changed and every digest made anew, as a skilled forger would."""
    files = payload()
    change(files)
    return packed(files)


def flips(count: int, seed: int) -> None:
    """Single flipped bits of the file: each is found, and the file within that it hit is named."""
    data, chance = sealed().dossier, random.Random(seed)
    files, _ = read_archive(data)
    bounds = []
    for name in sorted(files):
        start = data.index(files[name], data.index(name.encode()))
        bounds.append((start, start + len(files[name]), name))
    for _ in range(count):
        place, bit = chance.randrange(len(data)), chance.randrange(8)
        verdict = verified(flip(data, place, bit))
        assert not verdict.holds, (place, bit)
        hit = next((name for start, end, name in bounds if start <= place < end), None)
        if hit is not None:
            named = {problem.place.file for problem in verdict.problems}
            assert hit in named or hit.removeprefix("data/") in named, (place, bit, hit, named)


def test_a_flipped_bit_anywhere_is_found_and_its_file_named() -> None:
    flips(60, seed=1)


def forgeries(count: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(count):
        files = payload()
        place = forge(files, chance)
        if files == payload():
            continue  # the change changed nothing
        verdict = verified(packed(files))
        # Another's cosignature, or a comment in the policy, may go: what is left holds, or is less than sealed.
        assert not verdict.holds or place in (layout.REGISTER_PROOF, layout.POLICY), (number, place)


def test_forgeries_with_all_digests_made_anew_are_found() -> None:
    forgeries(60, seed=2)


@pytest.mark.soak
def test_ten_thousand_single_changes_are_all_found() -> None:
    flips(5_000, seed=3)
    forgeries(5_500, seed=4)


def test_a_finding_resealed_by_the_mission_itself_is_found_by_recomputing() -> None:
    """Who holds the key can sign a lie. Recomputing finds it."""
    unsealed = Maker(small_result(), None, None).make(sealed().finding, *ENGINE, whole=True)
    files, _ = read_dossier(unsealed.data)
    line = files["records/findings.geojsonl"]
    files["records/findings.geojsonl"] = line.replace(b'"robustness":"R2"', b'"robustness":"R1"')
    assert files["records/findings.geojsonl"] != line
    forged = packed(files)
    assert verify_dossier(forged, None, (), None).holds
    verdict = verify_dossier(forged, None, (), ENGINE)
    assert not verdict.holds
    assert "robustness" in verdict.problems[0].what


@pytest.mark.parametrize("path", ["README.txt", "explanation.txt", "ro-crate-metadata.json"])
def test_words_that_no_record_says_are_found(path: str) -> None:
    """Who is told by a forged page what no record says would be deceived by a dossier that holds."""
    files = payload()
    changed = files[path].replace(b"Brenn", b"Aurel").replace(b"finding", b"verdict")
    assert changed != files[path]
    for bent in ({**files, path: changed}, {name: data for name, data in files.items() if name != path}):
        verdict = verified(write_archive(bag(bent)))
        assert [problem.place.file for problem in verdict.problems] == [path]
        assert "not the words that follow" in for_people(verdict)


@pytest.mark.parametrize("path", ["seal/more", "seal/stamps/one.pem", "seal/stamps/one.txt", "log/more", "log/tile/0"])
def test_a_file_of_which_nothing_speaks_is_found_by_both(path: str) -> None:
    data = packed({**payload(), path: b"more"})
    assert [problem.place.file for problem in verified(data).problems] == [path]
    assert path in second().verify(data)["fault"]


def test_observations_withheld_from_the_middle_are_missed() -> None:
    """Proofs alone would hold for a part: that all in between is there is checked by itself."""
    files = payload()
    entries = files["log/entries"].split(b"\n")[:-1]
    relied = set(json.loads(files["dossier.json"])["relied_on"])
    observed = [i for i, line in enumerate(entries) if b'"kind":"observation"' in line]
    index = next(i for i in observed[1:-1] if json.loads(entries[i].split(b" ", 1)[1])["id"] not in relied)
    lines = files["log/lines/observation.ndjson"].split(b"\n")[:-1]
    del lines[observed.index(index)]
    leaves = [leaf_hash(line.split(b" ", 1)[1]) for line in entries]
    kept = [i for i in range(len(entries)) if i != index]
    files["log/entries"] = b"\n".join([*(entries[i] for i in kept), b""])
    files["log/lines/observation.ndjson"] = b"\n".join([*lines, b""])
    files["log/proof"] = layout.write_proof(proof_of_many(lambda a, b: root_of(leaves[a:b]), len(leaves), kept))
    verdict = verified(write_archive(bag(files)))
    assert [problem.what for problem in verdict.problems] == [
        f"not every observation from entry {observed[0]} to {observed[-1]} is enclosed"
    ]


def test_a_rolled_back_or_forked_register_is_found() -> None:
    proof = read_tlog_proof(sealed().seal["proof.tlog-proof"])
    forked = LOG.signed(proof.note.text.replace("\n1\n", "\n2\n"))

    def change(files: dict[str, bytes]) -> None:
        files[layout.REGISTER_PROOF] = cosigned(type(proof)(0, proof.path, forked), "aland", "neutral").to_bytes()

    verdict = verified(rebuilt(change))
    assert not verdict.holds and "not in the register" in verdict.problems[0].what


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a//b", "a/./b", "a\\b", "", "a/", "c:x", "x" * 501, "a\nb", "..", "con?"]
)
def test_names_that_no_archive_may_hold(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        write_archive({name: b""})


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x03\x04", b"not an archive" * 10, b"PK\x05\x06" + bytes(18), bytes(10_000)]
)
def test_what_is_no_archive(data: bytes) -> None:
    verdict = verified(data)
    assert not verdict.holds and "DOES NOT HOLD" in for_people(verdict)


def test_archives_of_others_are_refused_even_with_the_same_files() -> None:
    files, _ = read_archive(sealed().dossier)
    other = BytesIO()
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert not verified(other.getvalue()).holds
    for bent in (b"x" + sealed().dossier, sealed().dossier + b"x", sealed().dossier[:-30]):
        assert not verified(bent).holds


def test_a_bag_is_read_as_others_write_it() -> None:
    files, problems = unbag(bag({"a.txt": b"1", "b/c.txt": b"2"}))
    assert problems == () and files == {"a.txt": b"1", "b/c.txt": b"2"}
