"""ro-crate-metadata.json (RO-Crate 1.1): what each file of a dossier is, for machines and archives."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from truceline.custody.canonical import Json, canonical_json
from truceline.custody.reading import decode

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CONFORMS_TO = "https://w3id.org/ro/crate/1.1"
TYPES = {
    ".geojsonl": "application/geo+json-seq",
    ".ndjson": "application/x-ndjson",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".tsr": "application/timestamp-reply",
    ".pem": "application/x-pem-file",
}


def crate(finding: str, payload: Mapping[str, bytes], inputs: Sequence[bytes]) -> bytes:
    """The description of a payload. It is dated by the last input enclosed: nothing here looks at a clock."""
    files: list[Json] = [_file(path, data) for path, data in sorted(payload.items())]
    root: dict[str, Json] = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Dossier of the finding {finding}",
        "description": "A finding on a ceasefire, the observations it rests on, and proofs that nothing was changed.",
        "identifier": finding,
        "datePublished": _last_received(inputs),
        "license": "The mission's; see its agreement.",
        "hasPart": [{"@id": path} for path in sorted(payload)],
    }
    descriptor: dict[str, Json] = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": CONFORMS_TO},
    }
    return canonical_json({"@context": CONTEXT, "@graph": [descriptor, root, *files]}) + b"\n"


def _file(path: str, data: bytes) -> Json:
    ending = path[path.rfind(".") :] if "." in path.rsplit("/", 1)[-1] else ""
    return {
        "@id": path,
        "@type": "File",
        "contentSize": str(len(data)),
        "encodingFormat": TYPES.get(ending, "application/octet-stream"),
        "sha256": sha256(data).hexdigest(),
    }


class _Received(msgspec.Struct):
    received: str


def _last_received(inputs: Sequence[bytes]) -> str:
    latest = "1970-01-01"
    for data in inputs:
        try:
            latest = max(latest, decode(data, _Received).received)
        except ValueError:
            continue
    return latest
