"""Fuzz the decoders of what sensors send (atheris): no bytes may make one raise anything but Unusable.

    python scripts/fuzz/decoders.py sapient --seconds 900
    python scripts/fuzz/decoders.py all --seconds 900            every decoder, one after another

Begins from the samples of tests/data; what was found of worth stays in .fuzz/NAME, which git ignores. A crash stops
the run, its input stays beside as crash-….
"""

import argparse
import lzma
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["truceline"]):
    from truceline.formats.ais import AisLines
    from truceline.formats.firms_csv import read_firms
    from truceline.formats.observations_ndjson import read_observation
    from truceline.formats.remote_id import read_remote_id
    from truceline.formats.sac import read_sac
    from truceline.formats.sapient import read_json, read_message
    from truceline.formats.sensorthings import read_page
    from truceline.formats.table_mapping import read_mapping, read_table
    from truceline.model.feed import Receipt, Sender
    from truceline.model.problem import Unusable

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SENDER = Sender(sensor="s", time_sigma_s=1.0, lon=37.0, lat=48.0)
RECEIPT = Receipt(received_us=1_750_000_000_000_000, digest="ab" * 32)
MOST_BYTES = 4096


def ais(data: bytes) -> None:
    reader = AisLines("f", SENDER)
    for number, line in enumerate(data.splitlines()):
        reader.take(number, line, RECEIPT.received_us)


def line(data: bytes) -> None:
    try:
        read_observation(data)
    except ValueError:
        return


MAPPING = read_mapping("m", (ROOT / "mappings" / "ucdp-ged.toml").read_bytes())
TARGETS: dict[str, Callable[[bytes], object]] = {
    "sapient": lambda data: read_message("f", data, RECEIPT, SENDER, ("acoustic",)),
    "sapient-json": lambda data: read_json("f", data, RECEIPT, SENDER),
    "ais": ais,
    "firms": lambda data: read_firms("f", data, 0, SENDER),
    "table": lambda data: read_table("f", data, MAPPING, 0, SENDER),
    "mapping": lambda data: read_mapping("f", data),
    "remote-id": lambda data: read_remote_id("f", data, RECEIPT, SENDER, "t"),
    "sensorthings": lambda data: read_page("f", data, 0, SENDER),
    "sac": lambda data: read_sac("f", data),
    "line": line,
}


def seeds(name: str) -> Iterator[bytes]:
    """Samples to begin from."""
    if name.startswith("sapient"):
        with tarfile.open(DATA / "sapient" / "messages.tar.xz") as archive:
            for member in archive.getmembers():
                if member.isfile() and (file := archive.extractfile(member)) is not None:
                    text = file.read()
                    yield text if name == "sapient-json" else _as_protobuf(text)
    elif name == "ais":
        for path in sorted((DATA / "ais").glob("*")):
            yield from (path.read_bytes()[start : start + 400] for start in range(0, 4000, 400))
    elif name == "sac":
        yield lzma.decompress(next((DATA / "array_record").glob("*.xz")).read_bytes())[:MOST_BYTES]
    elif name == "mapping":
        yield from (path.read_bytes() for path in (ROOT / "mappings").glob("*.toml"))
    elif name == "line":
        yield from (ROOT / "missions" / "first-light" / "observations.ndjson").read_bytes().splitlines()[:50]
    yield from {
        "firms": [b"latitude,longitude,scan,track,acq_date,acq_time,satellite,confidence\n"
                  b"47,35,.5,.5,2023-02-24,1106,N,n\n"],
        "table": [b"id,longitude,latitude,where_prec,date_prec,date_start,date_end\n"
                  b"7,37,48,1,1,2014-07-03,2014-07-03\n"],
        "remote-id": [bytes([0x12]) + bytes(24), bytes([0xF2, 25, 1, 0x02]) + bytes(24)],
        "sensorthings": [b'{"value":[{"@iot.id":1,"phenomenonTime":"2026-03-02T10:51:38Z","result":"fire",'
                         b'"FeatureOfInterest":{"feature":{"type":"Point","coordinates":[37,48]}}}]}'],
    }.get(name, [])  # fmt: skip


def _as_protobuf(text: bytes) -> bytes:
    from google.protobuf import json_format
    from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

    try:
        message = json_format.Parse(text.decode("utf-8-sig"), SapientMessage(), ignore_unknown_fields=True)
    except json_format.Error:
        return b""
    return bytes(message.SerializeToString())


def one(name: str, seconds: int) -> None:
    """Fuzz one decoder; does not return."""
    corpus = ROOT / ".fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(sample[:MOST_BYTES])
    target = TARGETS[name]

    def run(data: bytes) -> None:
        try:
            target(data)
        except Unusable as unusable:
            assert unusable.problems

    options = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", f"-artifact_prefix={corpus.parent}/{name}-"]
    atheris.Setup([sys.argv[0], str(corpus), *options, "-print_final_stats=1", "-verbosity=0"], run)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("decoder", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=900)
    args = parser.parse_args()
    if args.decoder != "all":
        one(args.decoder, args.seconds)
    failed = []
    for name in TARGETS:
        print(f"{name}: {args.seconds} s", flush=True)
        again = [sys.executable, __file__, name, "--seconds", str(args.seconds)]
        if subprocess.run(again, check=False).returncode:
            failed.append(name)
    print(f"crashed: {', '.join(failed)}" if failed else "no crash")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
