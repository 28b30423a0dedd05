"""How the pages say numbers: never surer than 1–99 %, never finer than a tenth of what is known."""

from math import cos, floor, isfinite, log10, radians

from truceline.model.event import Origin
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant, format_utc

DEGREE_M = 111_320.0  # of latitude
LEAST_SHOWN, MOST_SHOWN = 0.01, 0.99


def percent(probability: float) -> str:
    """A probability, between 1 % and 99 %."""
    if probability > MOST_SHOWN:
        return "over\u00a099\u00a0%"
    if probability < LEAST_SHOWN:
        return "under\u00a01\u00a0%"
    return f"{round(100 * probability)}\u00a0%"


def metres(length_m: float) -> str:
    """A length of two significant digits."""
    if not isfinite(length_m):
        return "?"
    if length_m < 1:
        return "< 1 m"
    step = 10 ** (floor(log10(length_m)) - 1)
    rounded = round(length_m / step) * step
    return f"{rounded:.0f} m" if rounded < 1000 else f"{rounded / 1000:.{0 if rounded >= 10_000 else 1}f} km"


def place(origin: Origin) -> str:
    """Latitude and longitude, no digit finer than a tenth of the 90 % ellipse."""
    return position(origin.lon, origin.lat, origin.ellipse90.semi_major_m)


def position(lon: float, lat: float, reach_m: float) -> str:
    """Latitude and longitude, no digit finer than a tenth of the half axis of what holds it nine times in ten."""
    step_m = max(reach_m, 0.1) / 10
    lat_digits = _digits(DEGREE_M, step_m)
    lon_digits = _digits(DEGREE_M * max(cos(radians(lat)), 1e-3), step_m)
    return f"{hemisphere(lat, 'NS', lat_digits)} {hemisphere(lon, 'EW', lon_digits)}"


def hemisphere(degrees: float, letters: str, digits: int) -> str:
    """Degrees with the letter of their half of the globe: "54.81° N"."""
    return f"{abs(degrees):.{digits}f}°\u00a0{letters[degrees < 0]}"


def _digits(unit_m: float, step_m: float) -> int:
    """The decimals of a unit whose last step is at least so long; none to six."""
    return 0 if step_m >= unit_m else min(6, floor(log10(unit_m / step_m)))


def day(instant: Instant) -> str:
    """The date, UTC."""
    return format_utc(instant // US_PER_S * US_PER_S, digits=0)[:10]


def clock(instant: Instant, sigma_s: float = 1.0) -> str:
    """The time of day, UTC, no digit finer than a tenth of its sigma: "11:02:20", or "11:02" for a vague one."""
    digits = 3 if sigma_s < 0.01 else 2 if sigma_s < 0.1 else 1 if sigma_s < 1.0 else 0
    text = format_utc(instant, digits=digits)[11:-1]
    return text if sigma_s < 10 else text[:5]


def minute(instant: Instant) -> str:
    """Date, hour and minute, UTC."""
    text = format_utc(instant // US_PER_S * US_PER_S, digits=0)
    return f"{text[:10]}\u00a0{text[11:16]}"


def hour(instant: Instant) -> Instant:
    """The beginning of the hour of an instant."""
    return instant // US_PER_HOUR * US_PER_HOUR


def lapse(seconds: float) -> str:
    """A length of time of two digits."""
    if seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"
