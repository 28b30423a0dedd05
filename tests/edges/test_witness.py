"""The witness: the exchange of another witness's test, forks refused and kept as evidence, memory across restarts."""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, root_of
from truceline.custody.note import ED25519, Note, VerifierKey, read_note, read_signature, verify_note
from truceline.edges.keys import Signer, check_ed25519, new_signer
from truceline.edges.seal.witnesses import ask_witness, latest_at
from truceline.edges.witness.answering import Answer, Witness, serve
from truceline.edges.witness.memory import Memory, origin_hash
from truceline.model.problem import Unusable

LOG = new_signer("log", "log.example/mission")
WITNESS = new_signer("witness", "witness.example/w1")
LEAVES = [leaf_hash(str(i).encode()) for i in range(2000)]
ORIGIN = LOG.key.name


def witness(folder: Path, log: Signer = LOG, now_s: int = 1_700_000_000) -> Witness:
    return Witness(WITNESS, {log.key.name: [log.key]}, Memory(folder), now_us=lambda: now_s * 10**6, say=lambda _: None)


def request(old: int, size: int, leaves: list[bytes] = LEAVES, signer: Signer = LOG) -> bytes:
    note = signer.signed(Checkpoint(ORIGIN, size, root_of(leaves[:size])).to_text())
    path = consistency_proof(leaves[:size], old) if old else ()
    lines = [f"old {old}", *(b64encode(step).decode() for step in path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note.to_bytes()


# filippo.io/torchwood, cmd/litewitness/testdata/litewitness.txt (ISC): a sigsum log's key and requests, in order.
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = VerifierKey(
    SIGSUM, ED25519, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
)
SIZE_1 = f"""{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
"""
SIZE_3 = f"""{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
"""
SIZE_5 = f"""{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
"""
FROM_1_TO_3 = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
FROM_3_TO_5 = """KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""
OTHER_LOG = SIZE_3.replace("0ff0309e562\n", "0ff0309e563\n").replace("e562 UgIom", "e563 UgIom")
EXCHANGE = [
    ("old 0\n\n" + SIZE_1, 200),
    (f"old 1\n{FROM_1_TO_3}\n" + SIZE_3.replace("6go=", "6gx="), 400),  # spare bits: not base64 in its one writing
    (f"old 1\n{FROM_1_TO_3}\n" + SIZE_3.replace("UgIom2Vb", "UgIom2Va"), 403),
    (f"old 1\n{FROM_1_TO_3}\n" + OTHER_LOG, 404),
    ("old 1\n\n" + SIZE_3, 422),
    (f"old 1\n{FROM_1_TO_3.replace('AAA=', 'ABA=')}\n" + SIZE_3, 422),
    (f"old 1\n{FROM_1_TO_3}\n" + SIZE_3, 200),
    ("old 1\n" + FROM_3_TO_5[:45] + "\n" + SIZE_5, 409),
    (f"old 3\n{FROM_3_TO_5}\n" + SIZE_5, 200),
    ("old 0\n\n" + SIZE_5, 409),
    ("old 5\n\n" + SIZE_5, 200),
    ("old 6\n\n" + SIZE_5, 400),
]


def test_the_exchange_of_another_witness_s_test(tmp_path: Path) -> None:
    ours = Witness(WITNESS, {SIGSUM: [SIGSUM_KEY]}, Memory(tmp_path), say=lambda _: None)
    sizes = []
    for body, status in EXCHANGE:
        answer = ours.add_checkpoint(body.encode())
        assert answer.status == status, (body, answer)
        if status == 409:
            assert answer.content_type == "text/x.tlog.size"
            sizes.append(answer.body)
    assert sizes == [b"3\n", b"5\n"]


def test_a_cosignature_verifies_and_says_when(tmp_path: Path) -> None:
    answer = witness(tmp_path).add_checkpoint(request(0, 700))
    note = LOG.signed(Checkpoint(ORIGIN, 700, root_of(LEAVES[:700])).to_text())
    line = read_signature(answer.body.decode().rstrip("\n"))
    (verified,) = verify_note(Note(note.text, (line,)), [WITNESS.key], check_ed25519)
    assert verified.seconds == 1_700_000_000


def test_a_fork_is_refused_whatever_the_proof_and_kept_as_evidence(tmp_path: Path) -> None:
    ours = witness(tmp_path)
    assert ours.add_checkpoint(request(0, 1000)).status == 200
    forged = [*LEAVES]
    forged[17] = leaf_hash(b"another past")
    for size in (1000, 1001, 1500, 2000):
        # Of the same size the roots are at odds themselves (409); of a larger, the proof cannot lead there (422).
        assert ours.add_checkpoint(request(1000, size, forged)).status == (409 if size == 1000 else 422)
    assert ours.add_checkpoint(request(0, 1500, forged)).status == 409
    assert ours.add_checkpoint(request(999, 999, forged).replace(b"old 999", b"old 1000")).status == 400
    kept = list((tmp_path / "evidence").iterdir())
    assert len(kept) == 4
    signed = read_note(kept[0].read_bytes().partition(b"\n\n")[2])
    assert verify_note(signed, [LOG.key], check_ed25519), "the evidence bears the log's own signature"
    assert ours.add_checkpoint(request(1000, 1500)).status == 200


def test_smaller_and_other_logs_and_other_keys_are_refused(tmp_path: Path) -> None:
    ours = witness(tmp_path)
    assert ours.add_checkpoint(request(0, 10)).status == 200
    assert ours.add_checkpoint(request(0, 5)).status == 409, "no rolling back"
    impostor = new_signer("log", ORIGIN)
    assert ours.add_checkpoint(request(10, 20, signer=impostor)).status == 403
    bad_empty = LOG.signed(Checkpoint(ORIGIN, 0, b"x" * 32).to_text()).to_bytes()
    assert witness(tmp_path / "new").add_checkpoint(b"old 0\n\n" + bad_empty).status == 409
    empty = LOG.signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT).to_text()).to_bytes()
    assert witness(tmp_path / "new").add_checkpoint(b"old 0\n\n" + empty).status == 200
    with_path = f"old 0\n{b64encode(b'x' * 32).decode()}\n\n".encode() + request(0, 3).partition(b"\n\n")[2]
    assert witness(tmp_path / "new").add_checkpoint(with_path).status == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"old 0", b"old 0\n", b"old x\n\n", b"old 00\n\nabc", b"old 0\n\n\xff", b"\xff\n\n",
     b"old 0\nAAAA\n\n" + request(0, 3),
     b"old 0\n" + b"KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + request(0, 3)[5:]],
)  # fmt: skip
def test_malformed_requests_are_400(tmp_path: Path, body: bytes) -> None:
    assert witness(tmp_path).add_checkpoint(body).status == 400


def test_it_remembers_across_restarts_and_refuses_without_its_memory(tmp_path: Path) -> None:
    assert witness(tmp_path).add_checkpoint(request(0, 600)).status == 200
    again = witness(tmp_path)
    assert again.add_checkpoint(request(0, 700)) == Answer(409, b"600\n", "text/x.tlog.size")
    assert again.add_checkpoint(request(600, 700)).status == 200
    path = tmp_path / origin_hash(ORIGIN) / "checkpoint"
    path.write_bytes(path.read_bytes()[:50])
    assert witness(tmp_path).add_checkpoint(request(700, 800)).status == 500


def witness_note(folder: Path) -> bytes:
    ours = witness(folder)
    ours.add_checkpoint(request(0, 3))
    return ours.checkpoint(origin_hash(ORIGIN)).body


def test_the_memory_of_one_log_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.remember("another.example", read_note(witness_note(tmp_path / "z")))
    with pytest.raises(Unusable, match="of another log"):
        memory.latest("another.example")


def test_two_requests_at_once_never_roll_back(tmp_path: Path) -> None:
    ours = witness(tmp_path)
    ours.add_checkpoint(request(0, 100))
    bodies = [request(100, size) for size in range(101, 140)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda body: ours.add_checkpoint(body).status, bodies))
    assert statuses.count(200) == 1 and set(statuses) == {200, 409}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[str, int]]:
    server = serve(witness(tmp_path / "memory"), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "127.0.0.1", server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def consistency(old: int, new: int) -> tuple[bytes, ...]:
    return consistency_proof(LEAVES[:new], old)


def test_a_log_asks_over_http_again_and_again(running: tuple[str, int]) -> None:
    url = f"http://{running[0]}:{running[1]}/"
    assert latest_at(url, ORIGIN) is None
    for size in (1, 300, 300, 301, 2000):
        note = LOG.signed(Checkpoint(ORIGIN, size, root_of(LEAVES[:size])).to_text())
        line = ask_witness(url, WITNESS.key, note, consistency)
        assert verify_note(Note(note.text, (line,)), [WITNESS.key], check_ed25519)
    latest = latest_at(url, ORIGIN)
    assert latest is not None and read_checkpoint(latest.text).size == 2000
    assert len(verify_note(latest, [LOG.key, WITNESS.key], check_ed25519)) == 2


def test_what_the_log_says_when_a_witness_will_not(running: tuple[str, int]) -> None:
    url = f"http://{running[0]}:{running[1]}"
    note = LOG.signed(Checkpoint(ORIGIN, 50, root_of(LEAVES[:50])).to_text())
    ask_witness(url, WITNESS.key, note, consistency)
    earlier = LOG.signed(Checkpoint(ORIGIN, 40, root_of(LEAVES[:40])).to_text())
    with pytest.raises(Unusable, match="more than the 40"):
        ask_witness(url, WITNESS.key, earlier, consistency)
    forged = LOG.signed(Checkpoint(ORIGIN, 60, b"f" * 32).to_text())
    with pytest.raises(Unusable, match=r"refused \(422\)"):
        ask_witness(url, WITNESS.key, forged, consistency)
    same = LOG.signed(Checkpoint(ORIGIN, 50, b"f" * 32).to_text())
    with pytest.raises(Unusable, match=r"refused \(409\).*another root: the log has forked"):
        ask_witness(url, WITNESS.key, same, consistency)
    with pytest.raises(Unusable, match="no signature of"):
        ask_witness(url, new_signer("witness", "other.example").key, note, consistency)
    with pytest.raises(Unusable, match="no answer"):
        ask_witness("http://127.0.0.1:1", WITNESS.key, note, consistency)
    with pytest.raises(Unusable, match="begin it with https"):
        ask_witness("file:///etc/passwd", WITNESS.key, note, consistency)


def test_http_manners(running: tuple[str, int]) -> None:
    for method, path, body, status in (
        ("POST", "/add-checkpoint", request(0, 3), 200),
        ("POST", "/elsewhere", b"", 404),
        ("GET", "/", b"", 404),
        ("GET", f"/{'0' * 64}/checkpoint", b"", 404),
        ("DELETE", "/add-checkpoint", b"", 501),
        ("POST", "/add-checkpoint", b"x" * 100_000, 413),
    ):
        connection = http.client.HTTPConnection(*running, timeout=5)
        try:
            connection.request(method, path, body)
            assert connection.getresponse().status == status, (method, path)
        except (BrokenPipeError, ConnectionResetError):
            assert status == 413
        connection.close()
    with socket.create_connection(running, timeout=5) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
        assert b" 413 " in raw.recv(1000)
