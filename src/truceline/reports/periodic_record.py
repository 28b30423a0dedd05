"""A period's counts and rows as one JSON object: the report as data, canonical."""

from collections.abc import Mapping

from truceline.custody.canonical import Json, canonical_json
from truceline.model.instant import format_utc
from truceline.reports.account import Account
from truceline.reports.telling import Telling
from truceline.reports.violations import Violation
from truceline.terms.counting import Number, Tally


def account_record(told: Telling, kind: str) -> bytes:
    """The period, its numbers, those of the period before, and every row. Same arguments, same bytes."""
    case, account = told.record.case, told.account
    return canonical_json(
        {
            "report": kind,
            "mission": case.name,
            "status": case.status,
            "language": told.texts.language,
            "reviewed": False,
            "days": list(account.period.days),
            "period": _period(account),
            "before": None if told.before is None else _period(told.before) | {"counts": _counts(told.before)},
            "counts": _counts(account),
            "rows": [_row(told, one) for one in account.counted.rows],
            "findings": [one.id for one in account.findings] if told.may_verify else [],
            "made_from": dict(told.record.digests),
        }
    )


def _period(account: Account) -> dict[str, Json]:
    return {
        "from": format_utc(account.period.from_us, digits=0),
        "until": format_utc(account.period.until_us, digits=0),
        "covered_h": round(account.covered_us / 3.6e9, 2),
        "sensors_heard_an_hour": round(account.heard, 1),
        "sensors_in_service": round(account.serving, 1),
    }


def _counts(account: Account) -> dict[str, Json]:
    tally: Tally = account.counted.tally
    found: dict[str, Json] = {name: _number(number) for name, number in tally.categories}
    found["explosions_by_kind"] = {name: _number(number) for name, number in tally.explosions}
    return found | {"total": _number(tally.total)}


def _number(number: Number) -> dict[str, Json]:
    return {"least": number.least, "most": number.most, "uncountable": number.uncountable}


def _row(told: Telling, row: Violation) -> dict[str, Json]:
    found: Mapping[str, Json] = {
        "from": format_utc(row.from_us, digits=0),
        "until": format_utc(row.until_us, digits=0),
        "class": row.class_,
        "count": None if row.count is None else list(row.count),
        "uncountable": row.uncountable or row.count is None,
        "where": told.where(row.where),
        "means": list(row.means),
        "providers": list(row.providers),
        "corroborated": row.corroborated,
        "weapons": list(row.weapons),
        "events": list(row.events),
        "findings": list(row.findings) if told.may_verify else [],
    }
    return dict(found)
