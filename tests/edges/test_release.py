"""Editions: what each audience is shown, proven; what is hidden stays hidden; exact places only by two officers."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from truceline.custody import release as rules
from truceline.custody.archive import write_archive
from truceline.custody.bag import bag
from truceline.custody.edition import CheckedEdition, check_edition
from truceline.custody.log_folder import read_log
from truceline.custody.note import Note, read_note
from truceline.custody.permit import Officer, Permit, permitted, read_officers, read_permit
from truceline.custody.policy import read_policy
from truceline.custody.release import Audience, Known, fields_shown, read_audience, sees_sensor, why_withheld
from truceline.edges.cli.main import main
from truceline.edges.cli.release import edition_for_people
from truceline.edges.dossier.lines import record_lines
from truceline.edges.dossier.verify import read_dossier
from truceline.edges.keys import check_ed25519, new_signer
from truceline.edges.release import visible
from truceline.edges.release.make import Released, Request, release
from truceline.edges.release.visible import Act, act_of
from truceline.edges.seal.make import Sealer
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import plugins
from truceline.model.instant import US_PER_HOUR, parse_utc
from truceline.model.problem import Unusable

from .dossier_variants import flip
from .sealed_dossier import LOG
from .small_result import attributed, small_result

ENGINE = (plugins(), map, lambda what: None)
POLICY = f"log {LOG.key.to_text()}\nquorum none\n".encode()
LATER = parse_utc("2026-03-04T00:00:00Z")
OFFICERS = {name: new_signer("officer", f"{name}.example") for name in ("ada", "ben", "cleo")}
LIST = "".join(
    f"officer {n} {'aland' if n != 'cleo' else 'borea'} {one.key.to_text()}\n" for n, one in OFFICERS.items()
)


class Office:
    """A sealed result and its register."""

    def __init__(self, folder: Path, releasable_to: str = "") -> None:
        self.files = small_result(releasable_to)
        self.folder = folder
        register = SqliteStore.create(folder / "register", LOG.key.name, "test")
        self.sealer = Sealer(register, LOG, folder / "signed", read_policy("policy", POLICY), POLICY, ())
        self.statement = self.sealer.seal(self.files, folder / "seal").statement

    def released(self, to: str, permit: tuple[Permit, bytes] | None = None, as_of_us: int | None = LATER) -> Released:
        return release(
            self.files, self.folder / "seal", self.sealer, Request(read_audience(to), as_of_us, permit), ENGINE
        )

    def permit(self, to: str, *signers: str) -> tuple[Permit, bytes]:
        permit = Permit(self.statement.id, read_audience(to), (attributed(),))
        lines = [line for name in signers for line in OFFICERS[name].signed(permit.to_text()).signatures]
        return permit, Note(permit.to_text(), tuple(lines)).to_bytes()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def checked(data: bytes) -> CheckedEdition:
    payload, problems = read_dossier(data)
    found = check_edition(payload, read_policy("policy", POLICY), check_ed25519)
    assert problems == ()
    return found


def shown(edition: CheckedEdition, kind: str) -> list[dict[str, object]]:
    return [
        {name: json.loads(one.value) for name, one in record.shown.items() if name}
        for record in edition.records
        if record.kind == kind
    ]


def named(edition: CheckedEdition) -> dict[str, object]:
    """The one finding shown that names a party."""
    (found,) = (one for one in shown(edition, "finding") if one.get("outcome") == "attributed")
    return found


def test_a_delegation_sees_cells_hours_and_numbers_and_nothing_finer(office: Office) -> None:
    edition = checked(office.released("party:Aurel").data)
    assert edition.holds and edition.standing is not None and edition.standing.good
    finding = named(edition)
    assert finding["party"] == "Brenn"
    assert finding["~hour"] == "2026-03-02T07:00:00Z" and finding["~cells"]
    assert set(finding) == {
        "~hour", "~cells", "provisions", "status", "outcome", "party",
        "occurrence", "responsibility", "robustness", "evidence",
    }  # fmt: skip
    assert edition.shown == {"agreement": 1, "areas": 1, "finding": 2, "incident": 1}
    hidden = next(record.hidden for record in edition.records if "party" in record.shown)
    assert {"geometry", "time", "words", "reasons", "events", "id", ""} <= set(hidden), "hidden, and seen to be"
    said = edition_for_people(edition, read_policy("policy", POLICY))
    assert "are hidden" in said and "HOLDS" in said


def test_the_public_is_told_no_name_that_the_accused_could_not_check(office: Office) -> None:
    released = office.released("public")
    assert released.shown == 1, "what names nobody"
    assert [one["outcome"] for one in shown(checked(released.data), "finding")] == ["undetermined"]
    assert released.withheld == {"what may be shown does not carry the naming": 1}


def test_the_public_is_told_a_name_that_follows_from_what_the_accused_may_see(tmp_path: Path) -> None:
    office = Office(tmp_path, "party:Brenn")
    edition = checked(office.released("public").data)
    finding = named(edition)
    assert finding["party"] == "Brenn"
    assert "responsibility" not in finding
    accused = checked(office.released("party:Brenn").data)
    assert accused.shown["observation"] == sum(1 for _ in office.files["log/lines/observation.ndjson"].splitlines()), (
        "the accused sees every observation that it may see, whole"
    )


def test_a_name_is_carried_by_the_same_act_and_by_no_other_of_the_same_minute() -> None:
    act = Act("attributed", "Brenn", frozenset({"art-1"}), frozenset({"O-1", "O-2", "O-3"}))
    assert act.is_named_by(replace(act, observations=frozenset({"O-2"})))
    assert not act.is_named_by(replace(act, observations=frozenset({"O-7", "O-8"}))), "another act, a moment later"
    assert not act.is_named_by(replace(act, provisions=frozenset({"art-1", "art-2"}))), "another breach"
    assert not act.is_named_by(replace(act, party="Aurel"))
    assert not act.is_named_by(replace(act, outcome="undetermined", party=None))


def test_two_acts_at_one_time_one_of_them_seen_by_the_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it may see names the party for one; the other, in the same second elsewhere, stays without a name."""
    files = small_result()
    logged = read_log(files).logged
    events = {id_: one.properties for id_, one in record_lines(files, "events.geojsonl").items()}
    findings = record_lines(files, "findings.geojsonl")
    seen = act_of(findings[attributed()].properties, events)
    unseen = replace(seen, observations=frozenset({"far-away-1", "far-away-2"}))
    monkeypatch.setattr(visible, "recomputed", lambda *given: files)
    monkeypatch.setattr(visible, "visible", lambda logged, audience: logged)
    assert visible.nameable(logged, {"F-1": seen, "F-2": unseen}, *ENGINE) == {"F-1"}


@pytest.mark.parametrize("path", ["README.txt", "findings.txt", "label.xml"])
def test_pages_that_what_is_shown_does_not_say_are_found(
    office: Office, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, released = tmp_path / "edition.zip", office.released("party:Aurel").data
    (tmp_path / "policy").write_bytes(POLICY)
    file.write_bytes(released)
    assert main(["verify", str(file), "--policy", str(tmp_path / "policy")]) == 0
    files, _ = read_dossier(released)
    file.write_bytes(write_archive(bag({**files, path: files[path].replace(b"Brenn", b"Aurel") + b" "})))
    assert main(["verify", str(file), "--policy", str(tmp_path / "policy")]) == 1
    assert path in capsys.readouterr().out


def test_nothing_is_younger_than_a_day(office: Office) -> None:
    assert office.released("party:Aurel", as_of_us=None).withheld == {"it is not a day old": 2}
    just = parse_utc("2026-03-03T07:00:00Z")
    assert office.released("party:Aurel", as_of_us=just).shown == 0
    assert office.released("party:Aurel", as_of_us=just + 3 * US_PER_HOUR).shown == 2


def test_a_nation_sees_its_own_observations_whole_and_no_other_s(office: Office) -> None:
    edition = checked(office.released("nation:aland").data)
    network = json.loads(office.files["log/files/network/network.geojson"])
    own = {one["properties"]["id"] for one in network["features"] if one["properties"]["provider"] == "aland"}
    lines = [json.loads(record.shown[""].value) for record in edition.records if record.kind == "observation"]
    assert lines and {line["sensor"] for line in lines} <= own
    everything = [json.loads(line) for line in office.files["log/lines/observation.ndjson"].splitlines()]
    assert len(lines) == sum(line["sensor"] in own for line in everything)


def test_no_coordinate_id_or_moment_of_a_hidden_sensor_or_event_is_anywhere_in_an_edition(office: Office) -> None:
    network = json.loads(office.files["log/files/network/network.geojson"])
    observations = [json.loads(line) for line in office.files["log/lines/observation.ndjson"].splitlines()]
    events = [json.loads(line) for line in office.files["events.geojsonl"].splitlines()]
    secret = {str(c)[:-1] for one in network["features"] for c in one["geometry"]["coordinates"][:2]}
    secret |= {one["properties"]["id"] for one in network["features"]}
    secret |= {
        str(line[name]) for line in observations for name in ("id", "time", "azimuth_deg", "snr_db") if name in line
    }
    secret |= {str(one["properties"]["time"])[:19] for one in events} | {one["properties"]["id"] for one in events}
    secret |= {str(c)[:-1] for one in events for c in one["geometry"]["coordinates"]}
    for to in ("public", "party:Aurel", "party:Brenn"):
        files, _ = read_dossier(office.released(to).data)
        for path, data in files.items():
            text = data.decode()
            found = [one for one in secret if len(one) > 4 and one in text]
            assert not found, (to, path, found[:3])


def test_places_of_records_tell_nothing_of_how_many_others_came_between(office: Office) -> None:
    edition = checked(office.released("nation:aland").data)
    by_id = {json.loads(r.shown[""].value)["id"]: r.index for r in edition.records if r.kind == "observation"}
    indices = [by_id[id_] for id_ in sorted(by_id)]
    ups = sum(b > a for a, b in pairwise(indices))
    assert 0.3 < ups / (len(indices) - 1) < 0.7, "in an order of chance"


def test_exact_places_leave_by_the_permit_of_two_officers_of_different_nations(office: Office) -> None:
    known = read_officers("officers", LIST.encode())
    permit = office.permit("party:Aurel", "ada", "cleo")
    assert permitted(read_note(permit[1]), known, check_ed25519)[0] == permit[0]
    for signers, why in ((["ada"], "two officers"), (["ada", "ben"], "different"), (["ada", "ada"], "two officers")):
        bad = office.permit("party:Aurel", *signers)
        with pytest.raises(ValueError, match=why):
            permitted(read_note(bad[1]), known, check_ed25519)
    edition = checked(office.released("party:Aurel", permit).data)
    assert edition.exact_by_permit and {"geometry", "time"} <= set(named(edition))
    assert "by a permit" in edition_for_people(edition, None)
    kept = [json.loads(kept.data) for kept in office.sealer.register.inputs() if kept.entry.kind == "release"]
    assert kept[-1]["permit"] and kept[-1]["to"] == "party:Aurel", "the register holds it"
    with pytest.raises(Unusable, match="to party:Aurel"):
        office.released("party:Brenn", permit)
    with pytest.raises(Unusable, match="no finding"):
        other = Permit(office.statement.id, Audience("party", "Aurel"), ("F-" + "0" * 16,))
        office.released("party:Aurel", (other, b""))


def test_what_is_exact_does_not_hold_without_a_permit_nor_by_officers_that_nobody_knows(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, _ = read_dossier(office.released("party:Aurel", office.permit("party:Aurel", "ada", "cleo")).data)
    bare = {name: data for name, data in files.items() if name != "seal/permit"}
    faults = check_edition(bare, read_policy("policy", POLICY), check_ed25519).problems
    assert any("no permit is enclosed" in fault.what for fault in faults)
    (tmp_path / "policy").write_bytes(POLICY)
    (tmp_path / "e.zip").write_bytes(write_archive(bag(files)))
    verify = [
        "verify",
        str(tmp_path / "e.zip"),
        "--policy",
        str(tmp_path / "policy"),
        "--officers",
        str(tmp_path / "o"),
    ]
    (tmp_path / "o").write_text(LIST)
    assert main(verify) == 0
    (tmp_path / "o").write_text("".join(line for line in LIST.splitlines(keepends=True) if "cleo" not in line))
    assert main(verify) == 1
    assert "two officers" in capsys.readouterr().out


def test_an_edition_that_is_changed_does_not_hold(office: Office) -> None:
    data = office.released("nation:aland").data
    files, _ = read_dossier(data)
    chance = random.Random(4)
    for _ in range(60):
        bent = dict(files)
        paths = [
            p for p in sorted(files) if files[p] and p not in ("README.txt", "findings.txt", "label.xml", "seal/policy")
        ]
        path = chance.choice(paths)
        bent[path] = flip(files[path], chance.randrange(len(files[path])), chance.randrange(8))
        found = check_edition(bent, read_policy("policy", POLICY), check_ed25519)
        assert not found.holds, path
    line = files["disclosures.ndjson"].split(b"\n")[0]
    for change in (b"", line + b"\n" + files["disclosures.ndjson"], b"{}\n"):
        assert not check_edition({**files, "disclosures.ndjson": change}, None, check_ed25519).holds
    assert not check_edition({**files, "more": b""}, None, check_ed25519).holds
    assert read_dossier(flip(data, 900, 2))[1] != ()
    assert write_archive(bag(files)) == data


def test_what_is_heard_from_near_by_only_is_withheld() -> None:
    known = Known(Audience("party", "north"), LATER, nameable=frozenset({"F-1"}))
    finding = {"id": "F-1", "outcome": "undetermined"}
    far, near = (
        {"labels": {label: 0.9, "other": 0.1}, "time": "2026-03-02T07:00:00Z"} for label in ("impact", "burst")
    )
    assert why_withheld(known, finding, [far]) is None
    assert why_withheld(known, finding, [far, near]) == "it was heard from near by only"
    assert fields_shown(known, "event", "E-1") == (), "events are shown to nobody outside"


def test_who_fires_alone_near_a_hidden_sensor_learns_nothing_from_the_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editions that tell how many findings were heard from near by only would answer him round by round."""
    monkeypatch.setattr(rules, "FAR_HEARD", frozenset())
    released = office.released("party:Aurel")
    assert released.shown == 0 and released.withheld == {"it was heard from near by only": 2}, "the officer is told"
    files, _ = read_dossier(released.data)
    edition = checked(released.data).edition
    assert edition is not None and edition.withheld == {}
    assert b"Withheld" not in files["findings.txt"]


@pytest.mark.parametrize(
    ("audience", "sensor", "sees"),
    [
        ("public", {"provider": "aland"}, False),
        ("public", {"provider": "aland", "releasable_to": ["public"]}, True),
        ("party:north", {"provider": "aland", "releasable_to": ["party:north"]}, True),
        ("party:south", {"provider": "aland", "releasable_to": ["party:north"]}, False),
        ("party:north", {"provider": "aland", "supplied_by": "north"}, True),
        ("party:north", {"provider": "aland", "host": "north"}, False),
        ("nation:aland", {"provider": "aland"}, True),
        ("nation:borea", {"provider": "aland"}, False),
    ],
)
def test_who_knows_a_sensor(audience: str, sensor: Mapping[str, object], sees: bool) -> None:
    assert sees_sensor(read_audience(audience), sensor) is sees


@pytest.mark.parametrize("text", ["", "everyone", "party:", "party", "nation:a b", "public:x"])
def test_no_audience(text: str) -> None:
    with pytest.raises(ValueError, match="no audience"):
        read_audience(text)


@pytest.mark.parametrize("change", [("v1", "v2"), ("result ", "results "), ("to ", "for "), ("exact F-", "exact G-")])
def test_no_permit(change: tuple[str, str]) -> None:
    text = Permit("a" * 64, Audience("public"), ("F-" + "1" * 16,)).to_text()
    assert read_permit(text).exact == ("F-" + "1" * 16,)
    with pytest.raises(ValueError, match=r"permit"):
        read_permit(text.replace(*change))


def test_officers_are_read_with_every_fault_at_its_line() -> None:
    assert [one.nation for one in read_officers("officers", LIST.encode())] == ["aland", "aland", "borea"]
    bad = (
        LIST
        + LIST
        + "officer x\nofficer y z nokey\n"
        + f"officer w n {new_signer('witness', 'w.example').key.to_text()}\n"
    )
    with pytest.raises(Unusable) as caught:
        read_officers("officers", bad.encode())
    assert [problem.place.line for problem in caught.value.problems] == [4, 5, 6, 7, 8, 9]
    assert isinstance(read_officers("officers", LIST.encode())[0], Officer)
