"""FIRMS anomalies: read as they come, and raised to nothing by themselves."""

import gzip
from pathlib import Path

import pytest

from truceline.formats.firms_csv import read_firms
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_HOUR, parse_utc
from truceline.model.observation import Fix
from truceline.model.problem import Unusable

DATA = Path(__file__).parents[1] / "data" / "firms" / "viirs_2023.csv.gz"
SENDER = Sender(sensor="viirs", time_sigma_s=1.0)
HEAD = "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,frp\n"
ROW = "47.62075,35.71787,344.94,0.52,0.5,2023-02-24,1106,N,VIIRS,n,7.75\n"


def read(text: str) -> Decoded:
    return read_firms("firms.csv", text.encode(), 5, SENDER)


def test_every_anomaly_of_the_archive_is_read() -> None:
    decoded = read_firms("viirs", gzip.decompress(DATA.read_bytes()), 0, SENDER)
    assert (len(decoded.observations), decoded.problems) == (2152, ())
    assert {name for seen in decoded.observations for name, _ in seen.labels} == {"fire", "other"}


def test_an_anomaly_is_a_fix_of_its_pixel_that_may_have_burnt_for_hours() -> None:
    (fix,) = read(HEAD + ROW).observations
    assert isinstance(fix, Fix)
    assert fix.time_us == parse_utc("2023-02-24T11:06:00Z")
    assert (fix.lon, fix.lat) == (35.71787, 47.62075)
    assert fix.sigma_m == pytest.approx(158.2, abs=0.1)
    assert fix.window_us == (-6 * US_PER_HOUR, 0)
    assert fix.labels == (("fire", 0.9), ("other", 0.1))
    assert fix.received_us == 5


def test_early_minutes_and_the_numbers_of_modis() -> None:
    (fix,) = read(HEAD + ROW.replace(",1106,", ",6,").replace(",n,", ",85,")).observations
    assert fix.time_us == parse_utc("2023-02-24T00:06:00Z")
    assert dict(fix.labels)["fire"] == 0.97


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((",n,", ",x,"), "field confidence"),
        (("2023-02-24", "24.2.2023"), "field acq_date"),
        ((",1106,", ",2561,"), "is no date and time"),
        (("47.62075", "147.6"), "field latitude"),
        ((",0.52,", ",,"), "field scan"),
        ((",N,", ",,"), "field satellite"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(change: tuple[str, str], said: str) -> None:
    decoded = read(HEAD + ROW.replace(*change) + ROW)
    assert len(decoded.observations) == 1
    assert said in str(decoded.problems[0]) and decoded.problems[0].place.line == 2


def test_a_file_that_is_something_else_is_refused() -> None:
    with pytest.raises(Unusable, match="the header lacks latitude"):
        read("a,b\n1,2\n")
    with pytest.raises(Unusable, match="not UTF-8"):
        read_firms("f", b"\xff\xfe", 0, SENDER)
