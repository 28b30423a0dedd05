"""Logs of many sizes, published by Truceline and read by clients of other makers. Says what each found.

python benchmarks/tlog_peers.py [--go GO] [--gopath DIR] [--python PYTHON-WITH-AICS-TLOG]

--go: a Go toolchain (Debian: golang-1.19-go, with golang-golang-x-mod-dev under /usr/share/gocode).
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from truceline.custody.note import Note
from truceline.edges.keys import new_signer, vkey_path, write_key
from truceline.edges.store.door import Received
from truceline.edges.store.publish import publish
from truceline.edges.store.sqlite import SqliteStore

SIZES = (1, 2, 255, 256, 257, 511, 513, 1000, 65_535, 65_536, 65_537, 70_000)
PEERS = Path(__file__).parent / "peers" / "tlog"


def main() -> None:
    """Grow one log through all sizes; let each client read it at each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--go", default="/usr/lib/go-1.19/bin/go")
    parser.add_argument("--gopath", default="/usr/share/gocode")
    parser.add_argument("--python", default=None)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, witness = new_signer("log", "bench.example/log"), new_signer("witness", "bench.example/witness")
        for file, signer in (("log", log), ("witness", witness)):
            write_key(folder / file, file, signer, None)
        go = _built(args.go, args.gopath, folder) if Path(args.go).exists() else None
        store = SqliteStore.create(folder / "store", log.key.name, "test")
        earlier: list[str] = []
        for size in SIZES:
            store.append([Received("claim", str(n), b"%d" % n) for n in range(store.size, size)])
            checkpoint = store.seal()
            note = log.signed(checkpoint.to_text())
            note = Note(note.text, (*note.signatures, witness.cosignature(note.text, 1_700_000_000)))
            publish(store, folder / "public", checkpoint, note.to_bytes())
            keys = [str(vkey_path(folder / file)) for file in ("log", "witness")]
            if go is not None:
                _say("golang.org/x/mod", [str(go), str(folder / "public"), keys[0], *earlier])
            if args.python:
                reader = [args.python, str(PEERS / "read_with_aics.py")]
                _say("aics-tlog", [*reader, str(folder / "public"), *keys, *earlier])
            (folder / f"{size}").write_bytes(note.to_bytes())
            earlier.append(str(folder / f"{size}"))


def _built(go: str, gopath: str, folder: Path) -> Path:
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": gopath, "GOCACHE": str(folder / "cache")}
    subprocess.run([go, "build", "-o", str(folder / "tlog"), str(PEERS / "main.go")], env=environment, check=True)
    return folder / "tlog"


def _say(peer: str, command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    last = (run.stdout + run.stderr).strip().split("\n")
    print(f"{peer}: {'good' if run.returncode == 0 else 'FAILED'}: {last[0]} ({len(last) - 1} further lines)")
    if run.returncode:
        raise SystemExit(run.stderr)


if __name__ == "__main__":
    main()
