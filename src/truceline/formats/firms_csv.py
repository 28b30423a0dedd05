"""NASA FIRMS thermal anomalies (VIIRS, MODIS), as its CSV archive and NRT files have them → Fixes.

    latitude,longitude,brightness|bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,
    bright_t31|bright_ti5,frp,daynight

UTF-8, a header line; further columns are allowed. acq_date is a day, acq_time HHMM, UTC; scan and track are the
pixel's size in km; confidence is l, n, h (VIIRS) or 0–100 (MODIS). The anomaly lies anywhere in its pixel and burnt
at that minute; when it was lit is not known, some hours before at most.

What lies there is most often a field or a furnace. The labels therefore say `fire` and nothing of what lit it: an
anomaly may support what others heard, and raises nothing by itself (docs/science/firms.md says how weak it is).
"""

import csv
import io
import re
from hashlib import sha256

from truceline.formats.fields import Fields
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant, parse_utc
from truceline.model.observation import FIRE, OTHER, Fix, Labels
from truceline.model.problem import Place, Problem, Unusable

COLUMNS = ("latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "confidence")
MOST_BYTES = 64 * 1024 * 1024
MOST_PIXEL_KM = 10.0
LIT_BEFORE_US = 6 * US_PER_HOUR  # between two passes of one satellite's day and night
UNIFORM_SIGMA = 12.0**-0.5  # of a value anywhere in a pixel, as a share of the pixel
GEOLOCATION_SIGMA_M = 50.0  # Wolfe et al. 2013, JGR 118, 11508: VIIRS, within 80 m three sigma at nadir; with margin
FIRE_SHARE = {"l": 0.6, "n": 0.9, "h": 0.97}  # that something burns there at all: low, nominal, high
MINUTE = re.compile(r"\d{1,4}")


def read_firms(file: str, data: bytes, received_us: Instant, sender: Sender) -> Decoded:
    """The anomalies of a file in its order, and the faults of lines that cannot be used. Raises Unusable."""
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unusable([Problem(Place(file, line=line), "the text is not UTF-8", "save the file as UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    found: dict[str, Fix] = {}
    problems: list[Problem] = []
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            what = f"the header lacks {', '.join(missing)}"
            raise Unusable([Problem(Place(file, line=1), what, "use the file as FIRMS gives it")])
        for record in reader:
            fix, faults = _fix(file, reader.line_num, record, received_us, sender)
            problems += faults
            if fix is not None:
                found.setdefault(fix.id, fix)
    except csv.Error as error:
        raise Unusable([Problem(Place(file, line=reader.line_num), f"not CSV ({error})", "mend this line")]) from None
    return Decoded(tuple(found.values()), tuple(problems))


def _fix(
    file: str, line: int, record: dict[str, str | None], received_us: Instant, sender: Sender
) -> tuple[Fix | None, list[Problem]]:
    numbers = ("latitude", "longitude", "scan", "track")
    table = {name: _number(record[name]) if name in numbers else record[name] or "" for name in COLUMNS}
    fields = Fields(table, lambda field: Place(file, line=line, field=field))
    lat = fields.number("latitude", least=-90.0, most=90.0)
    lon = fields.number("longitude", least=-180.0, most=180.0)
    pixel_km = max(
        fields.number("scan", above=0.0, most=MOST_PIXEL_KM), fields.number("track", above=0.0, most=MOST_PIXEL_KM)
    )
    time_us = _moment(fields)
    labels = _labels(fields)
    satellite = fields.text("satellite")
    if fields.faulty:
        return None, fields.problems
    written = "|".join(str(record[name]) for name in COLUMNS)
    fix = Fix(
        id=f"firms/{satellite}/{time_us // US_PER_S}/{record['latitude']}/{record['longitude']}",
        sensor=sender.sensor,
        time_us=time_us,
        time_sigma_s=max(sender.time_sigma_s, 30.0),  # given to the minute
        received_us=received_us,
        digest=sha256(written.encode()).hexdigest(),
        labels=labels,
        lon=lon,
        lat=lat,
        sigma_m=((pixel_km * 1_000.0 * UNIFORM_SIGMA) ** 2 + GEOLOCATION_SIGMA_M**2) ** 0.5,
        window_us=(-LIT_BEFORE_US, 0),
    )
    return fix, []


def _moment(fields: Fields) -> Instant:
    day, minute = str(fields.table["acq_date"]), str(fields.table["acq_time"])
    if not MINUTE.fullmatch(minute):
        fields.fault("acq_time", f"'acq_time' is {minute!r}", "write the UTC hour and minute as HHMM")
        return 0
    padded = minute.zfill(4)
    try:
        return parse_utc(f"{day}T{padded[:2]}:{padded[2:]}:00Z")
    except ValueError:
        fields.fault("acq_date", f"{day!r} {minute!r} is no date and time", "write acq_date as 2023-02-24")
        return 0


def _labels(fields: Fields) -> Labels:
    said = str(fields.table["confidence"]).strip().lower()
    level = said[:1] if said[:1] in FIRE_SHARE else ""
    if not level and said.isdigit() and int(said) <= 100:
        level = "l" if int(said) < 30 else "n" if int(said) < 80 else "h"  # the classes of MODIS
    if not level:
        fields.fault("confidence", f"'confidence' is {said!r}", "use l, n, h, or a number from 0 to 100")
        return ()
    return ((FIRE, FIRE_SHARE[level]), (OTHER, round(1.0 - FIRE_SHARE[level], 4)))


def _number(text: str | None) -> object:
    try:
        return float(text or "")
    except ValueError:
        return text
