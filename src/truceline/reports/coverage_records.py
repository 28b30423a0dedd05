"""A survey of coverage as files of canonical JSON lines. They hold blind spots: for the duty roster alone."""

from collections.abc import Mapping

from truceline.coverage.rates import Rate
from truceline.coverage.statements import said
from truceline.coverage.survey import ClaimSilence, ClassChange, Survey
from truceline.custody.canonical import Json, canonical_json, canonical_line
from truceline.geo.cells import cell_ring
from truceline.model.finding import Probabilities
from truceline.model.instant import Instant, format_utc

MOST_SPANS_EACH = 48  # beyond, a cell's spans are told by their mean and least alone


def coverage_files(survey: Survey) -> dict[str, bytes]:
    """coverage.geojsonl (cells), silence.ndjson (areas), rates.ndjson, changes.ndjson, losses.ndjson, claims.ndjson and
    carry.json (what was learnt), by name."""
    return {
        "coverage.geojsonl": b"".join(_cells(survey)),
        "silence.ndjson": b"".join(_silences(survey)),
        "rates.ndjson": b"".join(canonical_line(_rate(survey, one)) for one in survey.rates),
        "changes.ndjson": b"".join(canonical_line(_change(survey, one)) for one in survey.changes),
        "losses.ndjson": b"".join(_losses(survey)),
        "claims.ndjson": b"".join(canonical_line(_claim(one)) for one in survey.claims),
        "carry.json": canonical_json(_carry(survey)),
    }


def _cells(survey: Survey) -> list[bytes]:
    """One feature a cell: probability to be known by class, over all spans, at least, and span by span."""
    exposure, found = survey.exposure, []
    events: dict[tuple[int, int, int], int] = {}
    for one in survey.counted:
        if one.weight >= 0.5:
            key = (exposure.classes.index(one.class_), one.span, one.cell)
            events[key] = events.get(key, 0) + 1
    for place, cell in enumerate(exposure.cells):
        by_class: dict[str, Json] = {}
        for number, class_ in enumerate(exposure.classes):
            known = [_probability(value) for value in exposure.known[number, :, place].tolist()]
            if max(known) < 0.01:
                continue
            told: dict[str, Json] = {"mean": _probability(sum(known) / len(known)), "least": min(known)}
            if len(known) <= MOST_SPANS_EACH:
                told["known"] = list(known)
                told["said"] = [
                    said(value, events.get((number, span, place), 0)) for span, value in enumerate(known)
                ]  # fmt: skip
            by_class[class_] = told
        if by_class:
            ring: list[Json] = [[round(lon, 6), round(lat, 6)] for lon, lat in cell_ring(cell)]
            geometry: Json = {"type": "Polygon", "coordinates": [ring]}
            properties: Json = {"id": cell, "classes": by_class}
            found.append(canonical_line({"type": "Feature", "geometry": geometry, "properties": properties}))
    return found


def _silences(survey: Survey) -> list[bytes]:
    spans = survey.exposure.spans
    found = []
    for one in survey.silences:
        silence = one.silence
        found.append(
            canonical_line(
                {
                    "area": one.area or None,
                    "class": silence.class_,
                    "from": format_utc(spans[0][0], digits=0),
                    "until": format_utc(spans[-1][1], digits=0),
                    "may_be_said": silence.may_be_said,
                    "known": _probability(silence.known),
                    "seen_share": _probability(silence.seen_share),
                    "most_unseen": silence.most_events,
                    "words": silence.words,
                }
            )
        )
    return found


def _rate(survey: Survey, one: Rate) -> dict[str, Json]:
    first, last = one.span
    spans = survey.exposure.spans
    return {
        "class": one.class_,
        "party": one.party or None,
        "area": one.area or None,
        "from": format_utc(spans[first][0], digits=0),
        "until": format_utc(spans[last - 1][1], digits=0),
        "counted": round(one.counted, 2),
        "happened": round(one.happened, 2),
        "per_100km2_day": round(one.rate, 4),
        "low": round(one.low, 4),
        "high": round(one.high, 4),
        "seen_share": _probability(one.seen_share),
    }


def _change(survey: Survey, one: ClassChange) -> dict[str, Json]:
    found: dict[str, Json] = {
        "class": one.class_,
        "probability": _probability(one.change.probability),
        "from": format_utc(survey.exposure.spans[min(one.change.span, len(survey.exposure.spans) - 1)][0], digits=0),
        "ratio": round(one.change.ratio, 3),
        "low": round(one.change.low, 3),
        "high": round(min(one.change.high, 1e6), 3),
    }
    if one.moved is not None:
        found["became"] = _shares(one.moved.probabilities)
        found["words"] = one.moved.words
    return found


def _losses(survey: Survey) -> list[bytes]:
    return [
        canonical_line(
            {
                "sensor": one.sensor,
                "provider": one.provider,
                "from": format_utc(one.from_us, digits=0),
                "until": _instant(one.until_us),
                "causes": _shares(one.causes),
                "responsibility_if_hindered": _shares(one.responsibility),
                "reasons": list(one.reasons),
            }
        )
        for one in survey.losses
    ]


def _claim(one: ClaimSilence) -> dict[str, Json]:
    evidence = one.evidence
    return {
        "claim": one.claim.id,
        "party": one.claim.party,
        "class": one.claim.class_,
        "time": format_utc(one.claim.time_us),
        "events": list(one.events),
        "log10_ratio": round(evidence.log10_ratio, 2),
        "log10_ratio_without_one_provider": round(evidence.without_one, 2),
        "nobody_would_have_heard": _probability(evidence.nobody),
        "would_have_heard": [
            {"sensor": who.sensor, "provider": who.provider, "chance": who.chance} for who in evidence.would_have_heard
        ],
        "words": evidence.words,
    }


def _carry(survey: Survey) -> dict[str, Json]:
    """What was learnt of how far things carry."""
    carry = survey.watch.carry
    reach: Mapping[str, Json] = {
        class_: {"reach_m": round(one, 0), "sigma_log": round(sigma, 3), "events": round(events, 1)}
        for class_, one, sigma, events in zip(
            carry.classes, carry.reach_m.tolist(), carry.reach_sigma.tolist(), carry.events.tolist(), strict=True
        )
    }
    kinds: Mapping[str, Json] = {
        kind: {"factor": round(factor, 3), "sharpness": round(sharp, 3), "share": round(share, 3)}
        for kind, factor, sharp, share in zip(
            carry.kinds, carry.factor.tolist(), carry.sharpness.tolist(), carry.share.tolist(), strict=True
        )
    }
    return {
        "classes": dict(reach),
        "kinds": dict(kinds),
        "spread_log": round(carry.spread, 3),
        "wind_share_per_mps": round(carry.wind_share, 4),
        "sensors": dict(carry.station_factor),
    }


def _probability(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)


def _shares(shares: Probabilities) -> dict[str, Json]:
    return dict(shares)


def _instant(instant: Instant | None) -> str | None:
    return None if instant is None else format_utc(instant, digits=0)
