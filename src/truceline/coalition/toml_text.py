"""A ledger as the text of ledger.toml: what `read_ledger` reads back to the same ledger."""

from collections.abc import Mapping, Sequence

from truceline.coalition.consultation import WITHOUT_PREJUDICE
from truceline.coalition.ledger import Decided, Ledger, StatusFrom
from truceline.model.instant import Instant, format_utc

Value = object  # text, number, list of them, tables in a list; None: left out


def ledger_text(ledger: Ledger) -> str:
    """The text. Same ledger, same text."""
    blocks = [f"# {WITHOUT_PREJUDICE}\n"]
    for country in ledger.countries:
        fields: dict[str, Value] = {"id": country.id, "name": country.name, "neighbours": country.neighbours or None}
        blocks.append(_table("country", fields))
    for nation in ledger.nations:
        kind = nation.kind if nation.kind != "nation" else None
        fields = {"id": nation.id, "name": nation.name, "kind": kind, "country": nation.country,
                  "releasable_to": nation.releasable_to or None}  # fmt: skip
        blocks.append(_table("nation", fields))
    for authority in ledger.authorities:
        fields = {
            "id": authority.id, "nation": authority.nation, "kind": authority.kind, "title": authority.title,
            "expires": _time(authority.expires_us), "conditions": authority.conditions or None,
            "covers": authority.covers or None, "history": [_decided(entry) for entry in authority.history],
        }  # fmt: skip
        blocks.append(_table("authority", fields))
    for condition in ledger.conditions:
        fields = {"id": condition.id, "words": condition.words, "history": [_decided(e) for e in condition.history]}
        blocks.append(_table("condition", fields))
    blocks += _contributions(ledger)
    for caveat in ledger.caveats:
        fields = {
            "id": caveat.id, "nation": caveat.nation, "kind": caveat.kind, "words": caveat.words,
            "values": caveat.values or None, "metres": caveat.metres or None, "from": _time(caveat.from_us),
            "until": _time(caveat.until_us), "covers": caveat.covers or None, "article": caveat.article or None,
        }  # fmt: skip
        blocks.append(_table("caveat", fields))
    for one in ledger.commitments:
        fields = {
            "id": one.id, "pillar": one.pillar, "words": one.words, "asset": one.asset or None,
            "amount": one.amount or None, "from": _time(one.from_us), "until": _time(one.until_us),
            "conditions": one.conditions or None,
        }  # fmt: skip
        blocks.append(_table("commitment", fields))
    return "\n".join(blocks)


def _contributions(ledger: Ledger) -> list[str]:
    blocks = []
    for one in ledger.contributions:
        fields: dict[str, Value] = {
            "id": one.id, "nation": one.nation, "pillar": one.pillar, "domain": one.domain, "asset": one.asset,
            "amount": one.least if one.least == one.most else (one.least, one.most), "from": _time(one.from_us),
            "until": _time(one.until_us), "country": one.country, "place": one.place, "hub": one.hub,
            "role": one.role if one.role != "non_combat" else None, "conditions": one.conditions or None,
            "needs": one.needs or None, "supplies": one.supplies or None, "sensors": one.sensors or None,
            "history": [_status(entry) for entry in one.history],
        }  # fmt: skip
        blocks.append(_table("contribution", fields))
    return blocks


class _Raw(str):
    """Text that is a TOML value already."""

    __slots__ = ()


def _time(instant: Instant | None) -> _Raw | None:
    if instant is None:
        return None
    return _Raw(format_utc(instant, digits=0 if instant % 1_000_000 == 0 else 6))


def _decided(entry: Decided) -> Mapping[str, Value]:
    return {"at": _time(entry.at_us), "outcome": entry.outcome, "by": entry.by, "note": entry.note or None}


def _status(entry: StatusFrom) -> Mapping[str, Value]:
    return {"at": _time(entry.at_us), "status": entry.status, "by": entry.by, "note": entry.note or None}


def _table(name: str, fields: Mapping[str, Value]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in fields.items() if value is not None and value != []]
    return "\n".join([f"[[{name}]]", *lines, ""])


def _value(value: Value) -> str:
    if isinstance(value, _Raw):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{{inner}}}"
    if isinstance(value, Sequence):
        if value and isinstance(value[0], Mapping):
            return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
        return f"[{', '.join(_value(one) for one in value)}]"
    assert isinstance(value, int | float), value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _text(value: str) -> str:
    """A basic string: quotes, backslashes and controls escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    safe = "".join(one if ord(one) >= 0x20 and ord(one) != 0x7F else f"\\u{ord(one):04X}" for one in escaped)
    return f'"{safe}"'
