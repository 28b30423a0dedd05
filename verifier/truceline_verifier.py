"""A second verifier of Truceline's dossiers, written apart from the product and sharing no code with it.

    python truceline_verifier.py FILE [--policy POLICY]

It needs Python 3.11 or later and the package `cryptography`, and no network. It checks that the file is whole, that
what the finding rests on is byte for byte what was logged with none in between left out, that the finding is the one
that was sealed, who signed and witnessed it, and when. It does not recompute the finding: the product does.
Exit code 0: it holds; 1: it does not; 2: mistyped. The format is described in docs/reference/dossier.md.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WHOLE = {"code", "mission", "agreement", "areas", "network", "control", "weather", "places"}
LINES = {"notice", "claim", "contact", "known", "decision", "set_aside", "observation", "result", "release", "erasure"}
LINES |= {"access", "key"}
FOLDERS = {"event": "events", "incident": "incidents", "finding": "findings"}
SHA2 = ((1, hashes.SHA256()), (2, hashes.SHA384()), (3, hashes.SHA512()))
ALGORITHMS = {bytes.fromhex(f"60864801650304020{number}"): one for number, one in SHA2}
SEAL = {"seal/result.json", "seal/proof.tlog-proof", "seal/policy"}
HEX, CONTROL = re.compile(r"[0-9a-f]{64}"), re.compile(r"[\x00-\x09\x0b-\x1f]")


class Fault(Exception):  # its text says what is not as it must be, and where
    pass


def need(condition, text):
    if not condition:
        raise Fault(text)


def sha(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64(text, what):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fault(f"{what}: not base64") from None
    need(base64.b64encode(data).decode() == text, f"{what}: not base64 in its one writing")
    return data


def number(text, what):
    need(re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) and int(text) < 2**63, f"{what}: no number")
    return int(text)


def parsed(data, what, keys):
    """A JSON object with exactly these members."""
    try:
        value = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise Fault(f"{what}: not JSON ({error})") from None
    need(isinstance(value, dict) and set(value) == set(keys), f"{what}: not the members {sorted(keys)}")
    return value


def zip_of(files):
    """The archive of these files, as it must be written."""
    body, directory = b"", b""
    for name in sorted(files):
        data, raw = files[name], name.encode()
        rest = struct.pack("<HHHHHIIIHH", 20, 0x800, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(raw), 0)
        directory += b"PK\1\2\x1e\3" + rest + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, len(body)) + raw
        body += b"PK\3\4" + rest + raw + data
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def unzip(data):
    files, at = {}, 0
    while data[at : at + 4] == b"PK\3\4" and len(data) >= at + 30:
        size, name_length, extra = struct.unpack_from("<IHH", data, at + 22)
        start = at + 30 + name_length + extra
        name = data[at + 30 : at + 30 + name_length].decode("utf-8", "replace")
        need(start + size <= len(data) and name not in files, f"{name}: cut short, or there twice")
        need(re.fullmatch(r"[^\x00-\x1f\x7f\\:*?\"<>|]{1,500}", name), f"{name!r}: no name for a file")
        need(not {"", ".", ".."} & set(name.split("/")), f"{name}: no safe name")
        files[name] = data[start : start + size]
        at = start + size
    need(files and zip_of(files) == data, "archive: not written as it must be")
    return files


def unbag(files):
    """The payload of a bag (RFC 8493), every digest checked."""
    need(files.get("bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt: wrong")
    payload = {name for name in files if name.startswith("data/")}
    tags = set(files) - payload - {"tagmanifest-sha256.txt"}
    for manifest, wanted in (("tagmanifest-sha256.txt", tags), ("manifest-sha256.txt", payload)):
        need(manifest in files, f"{manifest}: missing")
        lines = "".join(f"{sha(files[name]).hex()}  {name}\n" for name in sorted(wanted)).encode()
        need(files[manifest] == lines, f"{manifest}: does not list the files as they are")
    need({"manifest-sha256.txt", "bagit.txt"} <= tags, "manifest-sha256.txt: missing")
    return {name[5:]: files[name] for name in payload}


def leaf(data):
    return sha(b"\0" + data)


def node(left, right):
    return sha(b"\1" + left + right)


def root_from_many(size, leaves, proof):
    """The root over `size` leaves, of which some are known; the proof gives the largest subtrees without any."""
    need(all(0 <= i < size for i in leaves) and all(len(step) == 32 for step in proof), "proof: of another shape")
    left = list(reversed(proof))

    def over(start, end, known):
        if not known or end - start == 1:
            need(known or left, "proof: too short")
            return leaves[start] if known else left.pop()
        half = start + (1 << (end - start - 1).bit_length() - 1)
        below = over(start, half, [i for i in known if i < half])
        return node(below, over(half, end, [i for i in known if i >= half]))

    root = over(0, size, sorted(leaves)) if size else sha(b"")
    need(not left, "proof: too long")
    return root


def root_from_path(hash_, index, size, path):
    """The root that an inclusion proof leads to; the last step is the sibling highest up (RFC 6962, 2.1.1)."""
    need(0 <= index < size and (size > 1) == bool(path), "inclusion proof: of another shape")
    if size == 1:
        return hash_
    half, *below, step = 1 << (size - 1).bit_length() - 1, *path
    need(len(step) == 32, "inclusion proof: of another shape")
    if index < half:
        return node(root_from_path(hash_, index, half, below), step)
    return node(step, root_from_path(hash_, index - half, size - half, below))


def checkpoint_of(text, what):
    need(text.endswith("\n"), f"{what}: cut short")
    lines = text[:-1].split("\n")
    need(len(lines) >= 3 and all(lines) and not CONTROL.search(text), f"{what}: no checkpoint")
    root = b64(lines[2], what)
    need(len(root) == 32, f"{what}: the root has not 32 bytes")
    return lines[0], number(lines[1], what), root


def key_of(text, type_):
    """(name, key id, public key) of a vkey of this type."""
    name, _, rest = text.partition("+")
    id_, _, data = rest.partition("+")
    raw = b64(data, f"key {name}")
    need(name and not re.search(r"\s", name) and len(raw) == 33 and raw[0] == type_, f"key {name}: of another type")
    need(sha(name.encode() + b"\n" + raw)[:4].hex() == id_, f"key {name}: its id is not this key's")
    return name, bytes.fromhex(id_), raw[1:]


def note_of(data, what):
    """(text, [(name, key id, signature)]) of a signed note."""
    try:
        text, gap, below = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        raise Fault(f"{what}: not UTF-8") from None
    need(gap and below.endswith("\n") and not CONTROL.search(text + below), f"{what}: no signed note")
    need(below.count("\n") <= 100 and len(data) <= 1_000_000, f"{what}: too long")
    signatures = []
    for line in below[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = b64(encoded, f"{what}, signature of {name}")
        need(dash == "—" and name and not re.search(r"[\s+]", name) and len(raw) > 4, f"{what}: no signature line")
        signatures.append((name, raw[:4], raw[4:]))
    return text + "\n", signatures


def signed_by(key, text, signatures, cosigner):
    """The second (or 0) at which a key signed; None if it did not. A false line under its name is a fault."""
    name, id_, public = key
    found = None
    for line_name, line_id, raw in signatures:
        if (line_name, line_id) == (name, id_):
            second, message = 0, text.encode()
            if cosigner:
                second, raw = int.from_bytes(raw[:8], "big"), raw[8:]
                message = f"cosignature/v1\ntime {second}\n{text}".encode()
            try:
                need(len(raw) == 64 and second < 2**63, f"signature of {name}: of another shape")
                Ed25519PublicKey.from_public_bytes(public).verify(raw, message)
            except (InvalidSignature, ValueError):
                raise Fault(f"signature of {name}: not that key's, or of another text") from None
            found = second if found is None else min(found, second)
    return found


def policy_of(data):
    """(keys of logs, keys of witnesses by name, groups by name, quorum) of a policy (C2SP tlog-policy)."""
    logs, witnesses, groups, quorums, used = [], {}, {"none": (0, [])}, [], set()
    need(data.endswith(b"\n") and not re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", data), "policy: not a text of lines")
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        word, *rest = re.split(r"[ \t]+", line.strip(" \t"))
        if not word or word.startswith("#"):
            continue
        least, most = {"log": (1, 2), "witness": (2, 3), "group": (3, 10**6), "quorum": (1, 1)}.get(word, (1, 0))
        need(least <= len(rest) <= most, f"policy: {line[:60]!r}")
        known = witnesses.keys() | groups.keys()
        if word == "log":
            logs.append(key_of(rest[0], 1))
        elif word == "quorum":
            need(rest[0] in known, f"policy: {rest[0]} is not defined")
            quorums.append(rest[0])
        else:
            need(rest[0] not in known, f"policy: {rest[0]} twice")
            if word == "witness":
                witnesses[rest[0]] = key_of(rest[1], 4)
            else:
                name, least, *members = rest
                need(set(members) <= known - {"none"} - used, f"policy: a member of {name} is not defined, or taken")
                used |= set(members)
                digits = re.fullmatch(r"[1-9][0-9]{0,5}", least, re.ASCII)
                count = {"all": len(members), "any": 1}.get(least, int(least) if digits else 0)
                need(1 <= count <= len(members) == len(set(members)), f"policy: group {name}")
                groups[name] = (count, members)
    need(len(quorums) == 1, "policy: not one quorum")
    for keys in (logs, list(witnesses.values())):
        need(len({key[2] for key in keys}) == len(keys), "policy: a key twice")
    return logs, witnesses, groups, quorums[0]


def inputs_of(files):
    """[(index, kind, id, bytes)] of the inputs enclosed, each proven to be in the log; and the log's head."""
    head = checkpoint_of(files.get("log/checkpoint", b"").decode("utf-8", "replace"), "log/checkpoint")
    text = files.get("log/entries", b"")
    need(text == b"" or text.endswith(b"\n"), "log/entries: cut short")
    found, leaves, taken, last = [], {}, dict.fromkeys(LINES, 0), -1
    lines = {kind: files[name].split(b"\n") for kind in LINES if (name := f"log/lines/{kind}.ndjson") in files}
    spoken = {f"log/lines/{kind}.ndjson" for kind in lines}
    for place, line in enumerate(text.split(b"\n")[:-1], start=1):
        where = f"log/entries:{place}"
        start, _, raw = line.partition(b" ")
        index = number(start.decode("ascii", "replace"), where)
        need(index > last, f"{where}: not in order")
        entry = parsed(raw, where, ("id", "kind", "sha256", "v"))
        kind, id_, digest = entry["kind"], entry["id"], entry["sha256"]
        need(entry["v"] == 1 and type(entry["v"]) is int and kind in WHOLE | LINES, f"{where}: not of version 1")
        need(isinstance(id_, str) and isinstance(digest, str) and HEX.fullmatch(digest), f"{where}: no digest")
        need(canonical(entry) == raw, f"{where}: not written canonically")
        if kind in LINES:
            taken[kind] += 1
            data = lines[kind][taken[kind] - 1] if taken[kind] < len(lines.get(kind, [])) else None
            name = f"log/lines/{kind}.ndjson:{taken[kind]}"
        else:
            name = f"log/files/{kind}/{id_}"
            data = files.get(name)
            spoken.add(name)
        need(data is not None and sha(data).hex() == digest, f"{name}: not the bytes that {where} seals")
        found.append((index, kind, id_, data))
        leaves[index], last = leaf(raw), index
    for kind, some in lines.items():
        need(len(some) == taken[kind] + 1 and some[-1] == b"", f"log/lines/{kind}.ndjson: more lines than entries")
    need(all(n in spoken for n in files if n.startswith(("log/files/", "log/lines/"))), "log/: a file of no entry")
    steps = files.get("log/proof", b"").decode("ascii", "replace").split("\n")[:-1]
    root = root_from_many(head[1], leaves, [b64(step, "log/proof") for step in steps])
    need(root == head[2], "log/entries: do not lead to the root of log/checkpoint")
    return found, head


def raw_members(text):
    """(name, raw text of the value) of each member of a JSON object that is written without blanks."""
    decoder, members, at = json.JSONDecoder(), {}, 1
    while text[at : at + 1] not in ("}", ""):
        name, at = decoder.raw_decode(text, at + (text[at] == ","))
        start = at + 1
        _, at = decoder.raw_decode(text, start)
        members[name] = text[start:at]
    return members


def record_leaf(kind, line, key, derived):
    """The leaf of a record in the log of commitments, from its line and its key."""
    members = raw_members(line.decode("utf-8"))
    if "geometry" in members and "properties" in members:
        members |= raw_members(members.pop("properties"))
    fields = {name: value for name, value in members.items() if name and not name.startswith("~")} | derived
    fields = {name.encode(): value.encode() for name, value in fields.items()} | {b"": line}
    leaves = {}
    for place, name in enumerate(sorted(fields)):
        salt = hmac.digest(key, name, "sha256")
        commitment = sha(b"\2" + salt + len(name).to_bytes(2, "big") + name + fields[name]).hex()
        leaves[place] = leaf(canonical([name.decode(), commitment]))
    return leaf(canonical({"fields": root_from_many(len(leaves), leaves, []).hex(), "kind": kind, "v": 2}))


def records_of(files):
    """{(kind, id): (line, properties)} of the records enclosed."""
    found = {}
    try:
        for kind, folder in FOLDERS.items():
            for line in filter(None, files.get(f"records/{folder}.geojsonl", b"").split(b"\n")):
                properties = json.loads(line.decode("utf-8"))["properties"]
                found[kind, str(properties.get("id", ""))] = (line, properties)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Fault("records/: a line is no record") from None
    return found


def check_records(files, records, fields):
    raw, leaves, left = files.get("records/proof.json", b""), {}, dict(records)
    proof = parsed(raw, "records/proof.json", ("records", "proof"))
    need(canonical(proof) + b"\n" == raw, "records/proof.json: not written canonically")
    try:
        for one in proof["records"]:
            line, key = left.pop((one["kind"], one["id"]))[0], HEX.fullmatch(one["key"])[0]
            leaves[one["index"]] = record_leaf(one["kind"], line, bytes.fromhex(key), one["derived"])
        steps = [b64(step, "records/proof.json") for step in proof["proof"]]
        root = root_from_many(fields["size"], leaves, steps)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Fault("records/proof.json: not of the records enclosed") from None
    need(not left and root.hex() == fields["root"], "records/: not those of which the statement speaks")


def check_seal(files, records, head, policy):
    """Who stands behind it: (log, {witness: second}, quorum reached, {authority: second})."""
    raw = files.get("seal/result.json", b"")
    statement = parsed(raw, "seal/result.json", ("v", "log", "manifest", "fields"))
    log, fields = statement["log"], statement["fields"]
    need(isinstance(log, dict) and set(log) == {"origin", "size", "root"}, "seal/result.json: log")
    need(isinstance(fields, dict) and set(fields) == {"size", "root"}, "seal/result.json: fields")
    need(canonical(statement) == raw and statement["v"] == 1, "seal/result.json: not written canonically")
    given = (log["origin"], log["size"], log["root"])
    need(given == (head[0], head[1], head[2].hex()), "seal/result.json: another log")
    check_records(files, records, fields)
    above, gap, below = files.get("seal/proof.tlog-proof", b"").partition(b"\n\n")
    lines = above.decode("ascii", "replace").split("\n")
    need(gap and lines[0] == "c2sp.org/tlog-proof@v1", "seal/proof.tlog-proof: no proof")
    if lines[1:] and lines[1].startswith("extra "):
        b64(lines.pop(1)[6:], "seal/proof.tlog-proof")
    need(lines[1:] and lines[1].startswith("index ") and len(lines) <= 65, "seal/proof.tlog-proof: no index")
    path = [b64(line, "seal/proof.tlog-proof") for line in lines[2:]]
    text, signatures = note_of(below, "seal/proof.tlog-proof")
    origin, size, root = checkpoint_of(text, "seal/proof.tlog-proof")
    digest = sha(raw).hex()
    entry = canonical({"id": digest, "kind": "result", "sha256": digest, "v": 1})
    index = number(lines[1][6:], "seal/proof.tlog-proof")
    need(root_from_path(leaf(entry), index, size, path) == root, "seal/proof.tlog-proof: not in the register")
    logs, witnesses, groups, quorum = policy
    signed = [key for key in logs if key[0] == origin and signed_by(key, text, signatures, False) is not None]
    seen = {name: signed_by(key, text, signatures, True) for name, key in witnesses.items()}
    seen = {name: second for name, second in seen.items() if second is not None}
    need(signed, f"seal/: {origin} is signed by no log that the policy names")
    stamps = {}
    for name in files:
        if name.startswith("seal/stamps/") and name.endswith(".tsr"):
            stamps[name[12:-4]] = check_stamp(files[name], files.get(name[:-4] + ".pem", b""), text.encode(), name)

    def reached(name):
        return name in seen if name in witnesses else sum(map(reached, groups[name][1])) >= groups[name][0]

    return origin, seen, reached(quorum), stamps


def check_whole(files, inputs, records):
    """Whether the finding is there with all that it names, nothing in between left out, and nothing added."""
    raw = files.get("dossier.json", b"")
    index = parsed(raw, "dossier.json", ("v", "finding", "relied_on", "observations", "whole", "exhibits"))
    need(canonical(index) + b"\n" == raw and index["v"] == 1, "dossier.json: not written canonically")
    finding = records.get(("finding", index["finding"]) if isinstance(index["finding"], str) else None)
    need(finding, f"records/findings.geojsonl: the finding {index['finding']} is not there")
    events = [str(one) for one in finding[1].get("events") or []]
    need(("incident", str(finding[1].get("incident"))) in records, "records/incidents.geojsonl: its incident")
    relied = set()
    for id_ in events:
        need(("event", id_) in records, f"records/events.geojsonl: the event {id_} is not there")
        relied |= {str(one) for one in records["event", id_][1].get("observations") or []}
    observed = [(at, id_) for at, kind, id_, _ in inputs if kind == "observation"]
    need(relied <= {id_ for _, id_ in observed}, "log/lines/observation.ndjson: one relied on is not there")
    try:
        need(set(map(str, index["relied_on"])) == relied, "dossier.json: relied_on is not what its events rest on")
        first, last = index["observations"]
        need([at for at, _ in observed] == list(range(first, last + 1)), "log/entries: observations are left out")
        enclosed = {f"exhibits/{one['sha256']}" for one in index["exhibits"] if one["enclosed"]}
    except (TypeError, KeyError, ValueError):
        raise Fault("dossier.json: not of its form") from None
    for name in enclosed:
        need(name in files and sha(files[name]).hex() == name[9:], f"{name}: missing, or other bytes")
    known = enclosed | {f"records/{folder}.geojsonl" for folder in FOLDERS.values()}
    known |= {"dossier.json", "explanation.txt", "README.txt", "ro-crate-metadata.json", "records/proof.json"}
    known |= {f"log/{name}" for name in ("checkpoint", "entries", "proof")} | SEAL
    for name in files:
        stamp = name.startswith("seal/stamps/") and name[-4:] in (".tsr", ".pem") and name[:-4] + ".tsr" in files
        need(stamp or name in known or name.startswith(("log/files/", "log/lines/")), f"{name}: nothing speaks of it")
    return index["finding"]


def parts(data):
    """(tag, content, whole) of the DER elements that stand in a row."""
    at, found = 0, []
    while at < len(data):
        need(at + 2 <= len(data), "cut short")
        start, length = at + 2, data[at + 1]
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[at + 2 : start], "big")
        need(start + length <= len(data), "cut short")
        found.append((data[at], data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def check_stamp(response, roots, text, what):
    """The second of a stamp on this text, by an authority that these root certificates vouch for."""
    try:
        ((_, answer, _),) = parts(response)
        status, token = parts(answer)
        need(parts(status[1])[0][1] in (b"\0", b"\1"), "refused")
        signed = parts(parts(parts(token[1])[1][1])[0][1])
        (info,) = parts(parts(parts(signed[2][1])[1][1])[0][1])
        certificates = [x509.load_der_x509_certificate(w) for t, c, _ in signed if t == 0xA0 for _, _, w in parts(c)]
        signer = parts(parts(signed[-1][1])[0][1])
        by = next(c for c in certificates if c.serial_number == int.from_bytes(parts(signer[1][1])[1][1], "big"))
        attributes = {parts(c)[0][1]: parts(parts(c)[1][1])[0] for _, c, _ in parts(signer[3][1])}
        algorithm, key, message = ALGORITHMS[parts(signer[2][1])[0][1]], by.public_key(), b"\x31" + signer[3][2][1:]
        digest = hashlib.new(algorithm.name, info[2]).digest()
        need(attributes[b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"][1] == digest, "other content was signed")
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer[5][1], message, ec.ECDSA(algorithm))
        else:
            key.verify(signer[5][1], message, padding.PKCS1v15(), algorithm)
        purpose = by.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        need(purpose.critical and list(purpose.value) == [x509.ExtendedKeyUsageOID.TIME_STAMPING], "not for stamping")
        fields = parts(info[1])
        imprint = parts(fields[2][1])
        stamped = ALGORITHMS[parts(imprint[0][1])[0][1]].name
        need(hashlib.new(stamped, text).digest() == imprint[1][1], "on another text")
        at = datetime.strptime(fields[4][1].decode()[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        trusted, chain = x509.load_pem_x509_certificates(roots), [by]
        while not any(chain[-1] == root or vouches(root, chain[-1], at) for root in trusted):
            chain.append(next(c for c in certificates if c not in chain and vouches(c, chain[-1], at)))
        need(by.not_valid_before_utc <= at <= by.not_valid_after_utc, "the certificate was not valid then")
    except Exception as error:  # bytes of any kind: whatever a strict reader says of them
        raise Fault(f"{what}: no good time stamp ({type(error).__name__}: {error})") from None
    return int(at.timestamp())


def vouches(issuer, certificate, at):
    try:
        certificate.verify_directly_issued_by(issuer)
        limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return limits.ca and issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc


def verify(data, policy=None):
    """The verdict on a dossier's bytes; policy: the text of one's own, None for the enclosed."""
    try:
        files = unbag(unzip(data))
        inputs, head = inputs_of(files)
        records = records_of(files)
        finding = check_whole(files, inputs, records)
        if not any(name.startswith("seal/") for name in files):
            return {"holds": True, "sealed": False, "finding": finding, "root": head[2].hex(), "entries": len(inputs)}
        enclosed = policy_of(files.get("seal/policy", b""))
        log, seen, quorum, stamps = check_seal(files, records, head, enclosed if policy is None else policy_of(policy))
    except (Fault, RecursionError) as fault:
        return {"holds": False, "sealed": False, "fault": str(fault)}
    known = {"holds": True, "sealed": quorum, "finding": finding, "root": head[2].hex(), "entries": len(inputs)}
    return known | {"register": log, "witnessed": seen, "stamps": stamps, "own_policy": policy is not None}


def main():
    parser = argparse.ArgumentParser(description="Check a dossier of Truceline, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--policy", type=Path, help="the keys that you believe; without it, those that it encloses")
    args = parser.parse_args()
    verdict = verify(args.file.read_bytes(), args.policy.read_bytes() if args.policy else None)
    print(json.dumps(verdict, indent=1))
    return 0 if verdict["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
