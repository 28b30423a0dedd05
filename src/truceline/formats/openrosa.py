"""OpenRosa: what ODK Collect and its kin send and ask for (OpenRosa 1.0: form list, manifest, submission).

A submission is an XForm's instance: a root element with the form's id, a group `meta` with `instanceID`, and the
questions' answers as elements; groups within groups are taken apart. Names of questions are those of a field report:

    sensor · kind (heard, seen, restriction, statement) · time · azimuth_deg · nearest_m · farthest_m · count · text ·
    consent (yes) · at (geopoint: "lat lon altitude accuracy") · photo (name of a file that comes with it)

Documents with a DTD, and so every entity but XML's own, are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from truceline.model.instant import format_utc, from_datetime

MOST_ELEMENTS, MOST_DEPTH = 500, 12
LIST_NAMESPACE = "http://openrosa.org/xforms/xformsList"
MANIFEST_NAMESPACE = "http://openrosa.org/xforms/xformsManifest"
RESPONSE_NAMESPACE = "http://openrosa.org/http/response"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Instance:
    """A submission: of which form, its own id, the answers by name of the question."""

    form: str
    id: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that devices may fetch: its id, version, name, and the MD5 that the protocol asks for (no security)."""

    id: str
    version: str
    name: str
    md5: str


def read_instance(data: bytes) -> Instance:
    """The submission that the bytes are. Raises ValueError."""
    leaves: dict[str, str] = {}
    open_: list[str] = []
    roots: list[str] = []
    words: list[str] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS or len(open_) >= MOST_DEPTH:
            raise ValueError("the submission has more elements, or nests deeper, than a report needs")
        if not open_:
            roots.append(attributes.get("id", ""))
        open_.append(_local(name))
        words.clear()

    def end(name: str) -> None:
        text = "".join(words).strip()
        if text and len(open_) > 1:
            leaves[_local(name)] = text
        open_.pop()
        words.clear()

    def doctype(*_: object) -> None:
        raise ValueError("the submission has a DTD; send it without")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise ValueError(f"the submission is not XML ({error})") from None
    id_ = leaves.pop("instanceID", "").removeprefix("uuid:")
    if not roots or not roots[0] or not id_:
        raise ValueError("the submission names no form, or has no instanceID")
    return Instance(roots[0], id_, leaves)


def field_report(instance: Instance) -> dict[str, object]:
    """The answers as a field report's fields. Raises ValueError, with the question that is wrong."""
    said = instance.answers
    report: dict[str, object] = {"id": instance.id.lower(), "time": _time(said.get("time", ""))}
    report |= {name: said[name] for name in ("sensor", "kind", "azimuth_deg", "count", "text") if name in said}
    if "nearest_m" in said and "farthest_m" in said:
        near, far = _number("nearest_m", said["nearest_m"]), _number("farthest_m", said["farthest_m"])
        report["range_m"] = (min(near, far), max(near, far))
    if "at" in said:
        parts = said["at"].split()
        if len(parts) < 2:
            raise ValueError(f"at: {said['at'][:60]!r} is no geopoint; take the position again")
        report["at"] = (_number("at", parts[1]), _number("at", parts[0]))
    report["consent"] = said.get("consent", "").lower() in ("yes", "true", "1")
    return report


def form_list(forms: Sequence[Form], url: str) -> bytes:
    """The document that says which forms there are, and where."""
    items = "".join(
        f"<xform><formID>{escape(one.id)}</formID><name>{escape(one.name)}</name><version>{escape(one.version)}</version>"
        f"<hash>md5:{one.md5}</hash><downloadUrl>{escape(url)}/forms/{escape(one.id)}</downloadUrl>"
        f"<manifestUrl>{escape(url)}/xformsManifest/{escape(one.id)}</manifestUrl></xform>"
        for one in forms
    )
    return f'{HEAD}<xforms xmlns="{LIST_NAMESPACE}">{items}</xforms>\n'.encode()


def manifest() -> bytes:
    """The document that says which files a form needs besides: none."""
    return f'{HEAD}<manifest xmlns="{MANIFEST_NAMESPACE}"/>\n'.encode()


def response(words: str) -> bytes:
    """What a device shows after a submission."""
    message = f"<message>{escape(words)}</message>"
    return f'{HEAD}<OpenRosaResponse xmlns="{RESPONSE_NAMESPACE}">{message}</OpenRosaResponse>\n'.encode()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{field}: {text[:60]!r} is no number; write it in digits") from None


def _time(text: str) -> str:
    """A time with its offset, as devices write it, in UTC."""
    try:
        return format_utc(from_datetime(datetime.fromisoformat(text)), digits=3)
    except ValueError:
        raise ValueError(f"time: {text[:60]!r} is no time with its offset; set the device's clock") from None
