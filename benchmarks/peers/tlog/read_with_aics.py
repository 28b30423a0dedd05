"""Reads a log that Truceline published with aics-tlog (PyPI), which knows nothing of Truceline; needs Python 3.12.

pip install aics-tlog==0.2.1
python read_with_aics.py FOLDER LOG-VKEY-FILE WITNESS-VKEY-FILE [EARLIER-CHECKPOINT]
"""

import sys
from pathlib import Path

from aics_tlog import (
    FileSystemTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    read_entry,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)


def main(folder: str, log_key: str, witness_key: str, *earlier: str) -> None:
    note = parse_note((Path(folder) / "checkpoint").read_bytes())
    keys = [parse_vkey(Path(file).read_text().strip()) for file in (log_key, witness_key)]
    found = verify_checkpoint(note, keys[0], [keys[1]], quorum=1)
    assert found.ok, found
    head = parse_checkpoint(note.text)
    reader = FileSystemTileReader(folder)
    report = audit_tiles(reader, head.size, head.root)
    print(f"{head.size} entries, signed and cosigned, audit of all tiles: {report}")
    proofs = 0
    for index in range(0, head.size, 1 + head.size // 200):
        proof = inclusion_proof_from_tiles(reader, index, head.size)
        assert verify_leaf_inclusion(read_entry(reader, index, head.size), index, head.size, proof, head.root)
        proofs += 1
    print(f"{proofs} inclusion proofs good")
    for file in earlier:
        before = parse_checkpoint(parse_note(Path(file).read_bytes()).text)
        proof = consistency_proof_from_tiles(reader, before.size, head.size)
        assert verify_consistency(before.size, head.size, before.root, head.root, proof)
        print(f"continues the log of {before.size} entries")


main(*sys.argv[1:])
