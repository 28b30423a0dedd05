"""coalition/ledger.toml of a mission → Ledger. Every table and key stands in docs/reference/schemas.

[[country]] [[nation]] [[authority]] [[condition]] [[contribution]] [[caveat]] [[commitment]]
"""

from truceline.coalition.ledger import (
    AUTHORITIES,
    CAVEATS,
    DOMAINS,
    EVERYONE,
    OUTCOMES,
    PILLARS,
    ROLES,
    STATUSES,
    SUPPLIES,
    Authority,
    Caveat,
    Commitment,
    Condition,
    Contribution,
    Country,
    Decided,
    Domain,
    Ledger,
    Nation,
    Pillar,
    Status,
    StatusFrom,
)  # fmt: skip
from truceline.coalition.reading import Reader, by_id, circle, in_order
from truceline.formats.fields import Fields
from truceline.formats.toml_document import TomlDocument, read_toml

TABLES = ("country", "nation", "authority", "condition", "contribution", "caveat", "commitment")
COUNTRY = ("id", "name", "neighbours")
NATION = ("id", "name", "kind", "country", "releasable_to")
AUTHORITY = ("id", "nation", "kind", "title", "history", "expires", "conditions", "covers")
CONDITION = ("id", "words", "history")
CONTRIBUTION = (
    "id", "nation", "pillar", "domain", "asset", "amount", "history", "from", "until", "country", "place", "hub",
    "role", "conditions", "needs", "supplies", "sensors",
)  # fmt: skip
CAVEAT = ("id", "nation", "kind", "words", "values", "metres", "from", "until", "covers", "article")
COMMITMENT = ("id", "pillar", "words", "asset", "amount", "from", "until", "conditions")
WITH_VALUES = tuple(kind for kind in CAVEATS if kind != "no_combat_role")
ONE_VALUE = ("only_neighbours", "away_from_line", "outside_area", "inside_area")


def read_ledger(file: str, data: bytes) -> Ledger:
    """The ledger. Raises Unusable with every fault at its line."""
    return ledger_from(read_toml(file, data))


def ledger_from(document: TomlDocument) -> Ledger:
    """The ledger that tables describe, wherever they come from. Raises Unusable."""
    reader = Reader(document, TABLES)
    ledger = Ledger(
        countries=by_id(reader.each("country", COUNTRY, _country)),
        nations=by_id(reader.each("nation", NATION, _nation)),
        authorities=by_id(reader.each("authority", AUTHORITY, lambda fields: _authority(reader, fields))),
        conditions=by_id(reader.each("condition", CONDITION, lambda fields: _condition(reader, fields))),
        contributions=by_id(reader.each("contribution", CONTRIBUTION, lambda fields: _contribution(reader, fields))),
        caveats=by_id(reader.each("caveat", CAVEAT, _caveat)),
        commitments=by_id(reader.each("commitment", COMMITMENT, _commitment)),
    )
    _cross(reader, ledger)
    reader.finish()
    return ledger


def _country(fields: Fields) -> Country:
    return Country(
        id=fields.text("id"), name=fields.text("name"), neighbours=fields.words("neighbours", required=False)
    )


def _nation(fields: Fields) -> Nation:
    kind = fields.choice("kind", ("nation", "body"), default="nation")
    return Nation(
        id=fields.text("id"),
        name=fields.text("name"),
        kind="body" if kind == "body" else "nation",
        country=fields.text_or_none("country"),
        releasable_to=fields.words("releasable_to", required=False),
    )


def _decided(fields: Fields) -> Decided:
    return Decided(
        at_us=fields.instant("at"),
        outcome=fields.choice("outcome", OUTCOMES),
        by=fields.text("by"),
        note=fields.text_or_none("note") or "",
    )


def _history(reader: Reader, fields: Fields) -> tuple[Decided, ...]:
    return in_order(reader.entries(fields, "history", _decided), lambda one: one.at_us)


def _authority(reader: Reader, fields: Fields) -> Authority:
    return Authority(
        id=fields.text("id"),
        nation=fields.text("nation"),
        kind=fields.choice("kind", AUTHORITIES),
        title=fields.text("title"),
        history=_history(reader, fields),
        expires_us=fields.instant_or_none("expires"),
        conditions=fields.words("conditions", required=False),
        covers=fields.words("covers", required=False),
    )


def _condition(reader: Reader, fields: Fields) -> Condition:
    return Condition(id=fields.text("id"), words=fields.text("words"), history=_history(reader, fields))


def _status(fields: Fields) -> StatusFrom:
    status = fields.choice("status", STATUSES)
    known: Status = next((one for one in STATUSES if one == status), "pledged")
    return StatusFrom(
        at_us=fields.instant("at"), status=known, by=fields.text("by"), note=fields.text_or_none("note") or ""
    )


def _contribution(reader: Reader, fields: Fields) -> Contribution:
    least, most = _amount(fields)
    start, end = fields.span()
    domain, pillar = fields.choice("domain", DOMAINS), fields.choice("pillar", PILLARS)
    history = in_order(reader.entries(fields, "history", _status), lambda one: one.at_us)
    if not history:
        fields.fault("history", "no status is given", 'write history = [{at = …, status = "pledged", by = "…"}]')
    return Contribution(
        id=fields.text("id"),
        nation=fields.text("nation"),
        pillar=_pillar(pillar),
        domain=_domain(domain),
        asset=fields.text("asset"),
        least=least,
        most=most,
        history=history,
        from_us=start,
        until_us=end,
        country=fields.text_or_none("country"),
        place=_place(fields),
        hub=fields.text_or_none("hub"),
        role=fields.choice("role", ROLES, default="non_combat"),
        conditions=fields.words("conditions", required=False),
        needs=fields.words("needs", required=False),
        supplies=fields.words_among("supplies", SUPPLIES),
        sensors=fields.words("sensors", required=False),
    )


def _pillar(word: str) -> Pillar:
    return next((one for one in PILLARS if one == word), "monitoring")


def _domain(word: str) -> Domain:
    return next((one for one in DOMAINS if one == word), "mechanism")


def _amount(fields: Fields) -> tuple[float, float]:
    """A number, or a range [least, most]."""
    value = fields.table.get("amount")
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount = fields.number("amount", least=0.0)
        return amount, amount
    numbers = [one for one in value if isinstance(one, int | float) and not isinstance(one, bool)] if (
        isinstance(value, list)
    ) else []  # fmt: skip
    if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1]:
        fields.fault("amount", "'amount' is no number and no range", "write amount = 4 or amount = [3, 5]")
        return 0.0, 0.0
    return float(numbers[0]), float(numbers[1])


def _place(fields: Fields) -> tuple[float, float] | None:
    value = fields.table.get("place")
    if value is None:
        return None
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
        or abs(value[0]) > 180
        or abs(value[1]) > 90
    ):
        fields.fault("place", "'place' is no position in degrees", "write place = [longitude, latitude]")
        return None
    return float(value[0]), float(value[1])


def _caveat(fields: Fields) -> Caveat:
    start, end = fields.span()
    kind = fields.choice("kind", CAVEATS)
    values = fields.words("values", required=kind in WITH_VALUES)
    if kind in ONE_VALUE and len(values) > 1:
        fields.fault("values", f"a caveat of kind {kind!r} speaks of one thing", "give one value")
    if kind == "only_domains":
        fields.words_among("values", DOMAINS)
    metres = fields.number("metres", above=0.0) if kind == "away_from_line" else 0.0
    return Caveat(
        id=fields.text("id"),
        nation=fields.text("nation"),
        kind=kind,
        words=fields.text("words"),
        values=values,
        metres=metres,
        from_us=start,
        until_us=end,
        covers=fields.words("covers", required=False),
        article=fields.text_or_none("article") or "",
    )


def _commitment(fields: Fields) -> Commitment:
    start, end = fields.span()
    return Commitment(
        id=fields.text("id"),
        pillar=_pillar(fields.choice("pillar", PILLARS)),
        words=fields.text("words"),
        asset=fields.text_or_none("asset") or "",
        amount=fields.number_or_none("amount", least=0.0) or 0.0,
        from_us=start,
        until_us=end,
        conditions=fields.words("conditions", required=False),
    )


def _cross(reader: Reader, ledger: Ledger) -> None:
    """What one table says of another must be there."""
    ids = {
        "country": [one.id for one in ledger.countries],
        "nation": [one.id for one in ledger.nations],
        "authority": [one.id for one in ledger.authorities],
        "condition": [one.id for one in ledger.conditions],
        "contribution": [one.id for one in ledger.contributions],
        "caveat": [one.id for one in ledger.caveats],
        "commitment": [one.id for one in ledger.commitments],
    }
    for what, some in ids.items():
        reader.unique(what, some)
    for country in ledger.countries:
        reader.known("country", country.id, country.neighbours, ids["country"])
    for nation in ledger.nations:
        reader.known("country", nation.id, [nation.country] if nation.country else [], ids["country"])
    for authority in ledger.authorities:
        reader.known("nation", authority.id, [authority.nation], ids["nation"])
        reader.known("condition", authority.id, authority.conditions, ids["condition"])
        reader.known("contribution", authority.id, authority.covers, ids["contribution"])
    for one in ledger.contributions:
        reader.known("nation", one.id, [one.nation], ids["nation"])
        reader.known("country", one.id, [one.country] if one.country else [], ids["country"])
        reader.known("condition", one.id, one.conditions, ids["condition"])
        reader.known("contribution", one.id, one.needs, ids["contribution"])
    for caveat in ledger.caveats:
        reader.known("nation", caveat.id, [caveat.nation], [*ids["nation"], EVERYONE])
        reader.known("contribution", caveat.id, caveat.covers, ids["contribution"])
        if caveat.kind in ("only_countries", "only_neighbours"):
            reader.known("country", caveat.id, caveat.values, ids["country"])
    for commitment in ledger.commitments:
        reader.known("condition", commitment.id, commitment.conditions, ids["condition"])
    round_ = circle({one.id: one.needs for one in ledger.contributions})
    if round_:
        reader.note("needs", f"contributions need one another in a circle: {' → '.join(round_)}", "break the circle")
