"""SAC, the Seismic Analysis Code's binary format, header versions 6 and 7 → Waveform.

    words 0–69     70 float32     DELTA 0, B 5, STLA 31, STLO 32, STEL 33
    words 70–109   40 int32       NZYEAR 70, NZJDAY 71, NZHOUR 72, NZMIN 73, NZSEC 74, NZMSEC 75, NVHDR 76, NPTS 79,
                                  IFTYPE 85 (1: time series), LEVEN 105 (1: evenly spaced)
    words 110–157  24 texts of 8 bytes (the second of 16)     KSTNM 110, KHOLE 116, KCMPNM 150, KNETWK 152
    then           NPTS float32

Either byte order, told by NVHDR. −12345 stands for "not set". Only evenly spaced time series are read.
"""

import math
from datetime import UTC, datetime, timedelta
from struct import Struct

from truceline.model.instant import from_datetime
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform

HEADER_BYTES = 632
MOST_SAMPLES = 20_000_000
VERSIONS = (6, 7)
NOT_SET = -12345
DELTA, BEGIN, LAT, LON, HEIGHT = 0, 5, 31, 32, 33
YEAR, VERSION, COUNT, KIND, EVEN = 70, 76, 79, 85, 105
STATION, LOCATION, COMPONENT, NETWORK = 110, 116, 150, 152
TIME_SERIES = 1


def read_sac(file: str, data: bytes) -> Waveform:
    """The waveform of a SAC file. Raises Unusable, saying what is wrong."""
    if len(data) < HEADER_BYTES:
        raise _unusable(file, f"the file has {len(data)} bytes, less than a SAC header", "send the whole file")
    order = next((o for o in "<>" if Struct(o + "i").unpack_from(data, 4 * VERSION)[0] in VERSIONS), None)
    if order is None:
        raise _unusable(file, "NVHDR is not 6 or 7: this is no SAC file", "export it as binary SAC")
    real = Struct(order + "70f").unpack_from(data)
    whole = (NOT_SET,) * 70 + Struct(order + "40i").unpack_from(data, 280)
    if whole[KIND] != TIME_SERIES or whole[EVEN] != 1:
        raise _unusable(file, "IFTYPE or LEVEN: not an evenly spaced time series", "export the waveform itself")
    count = whole[COUNT]
    if not 0 < count <= MOST_SAMPLES or len(data) < HEADER_BYTES + 4 * count:
        have = (len(data) - HEADER_BYTES) // 4
        raise _unusable(file, f"NPTS is {count:,}, the file holds {have:,} samples", "send the whole file")
    if not (math.isfinite(real[DELTA]) and 1e-6 <= real[DELTA] <= 1e6):
        raise _unusable(file, f"DELTA is {real[DELTA]:g} s", "write the sampling interval")
    network, station, location, component = (_text(data, at) for at in (NETWORK, STATION, LOCATION, COMPONENT))
    return Waveform(
        channel=f"{network}.{station}.{location}.{component}",
        start_us=_start(file, whole[YEAR : YEAR + 6], real[BEGIN]),
        rate_hz=round(1.0 / real[DELTA], 4),
        samples=_samples(file, data, order, count),
        lon=_degrees(real[LON], 180.0),
        lat=_degrees(real[LAT], 90.0),
        height_m=round(real[HEIGHT], 2) if math.isfinite(real[HEIGHT]) and real[HEIGHT] != NOT_SET else None,
    )


def _samples(file: str, data: bytes, order: str, count: int) -> bytes:
    samples = Struct(f"{order}{count}f").unpack_from(data, HEADER_BYTES)
    if not all(map(math.isfinite, samples)):
        raise _unusable(file, "a sample is not a finite number", "fill or cut the gap")
    return Struct(f"<{count}d").pack(*samples)


def _start(file: str, reference: tuple[int, ...], begin_s: float) -> int:
    year, day, hour, minute, second, millisecond = reference
    try:
        if not (1 <= day <= 366 and 0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 60):
            raise ValueError("out of range")
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(
            days=day - 1, hours=hour, minutes=minute, seconds=second, milliseconds=millisecond
        )
        offset = 0.0 if begin_s == NOT_SET else begin_s
        return from_datetime(moment + timedelta(microseconds=round(offset * 1e6)))
    except (ValueError, OverflowError):
        given = " ".join(map(str, reference))
        raise _unusable(file, f"the reference time {given} does not exist", "set NZYEAR … NZMSEC and B") from None


def _degrees(value: float, most: float) -> float | None:
    """Degrees to the precision of a float32, or None if not set or impossible."""
    return round(value, 6) if math.isfinite(value) and abs(value) <= most else None


def _text(data: bytes, word: int) -> str:
    raw = data[4 * word : 4 * word + 8].split(b"\0")[0].decode("ascii", "replace").strip()
    return "" if raw == str(NOT_SET) else raw


def _unusable(file: str, what: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place(file), what, remedy)])
