"""Arrivals in records: rounds seconds apart are told apart, at their times; noise gives none."""

import lzma
from pathlib import Path

import numpy as np
import pytest

from sensors.waves import RATE_HZ, apart, noise, pulse, ring, setup
from truceline.formats.sac import read_sac
from truceline.sensors.array.arrivals import find_arrivals, stretches
from truceline.sensors.array.direction import find_directions
from truceline.sensors.array.layout import Elements, Setup
from truceline.sensors.array.windows import band_passed, cut

RECORD = Path(__file__).parents[1] / "data" / "array_record"
SIX = ring(6)


def test_rounds_of_a_salvo_are_told_apart() -> None:
    chance = np.random.default_rng(3)
    seconds = np.arange(int(60 * RATE_HZ)) / RATE_HZ
    record = noise(chance, 6, len(seconds))
    rounds = [(12.0, 75.0), (15.5, 75.0), (18.2, 75.0), (41.0, 250.0)]
    for at_s, azimuth in rounds:
        record += 12.0 * pulse(SIX, azimuth, 344.0, at_s, seconds)
    found = find_arrivals(setup(SIX), record)
    assert len(found) == len(rounds)
    for heard, (at_s, azimuth) in zip(found, rounds, strict=True):
        assert abs(heard.time_s - at_s) <= 0.25  # the pulse is half a second long; it rises before its middle
        assert heard.time_sigma_s <= 0.12
        assert apart(np.array(heard.azimuth_deg), np.array(azimuth)) <= 3.0 * heard.azimuth_sigma_deg
        assert heard.trace_velocity_mps == pytest.approx(344.0, rel=0.02)
        assert heard.suspects == ()


def test_blasts_are_timed_at_their_front() -> None:
    chance = np.random.default_rng(8)
    seconds = np.arange(int(20 * RATE_HZ)) / RATE_HZ
    errors, sigmas = [], []
    for _ in range(12):
        at_s, azimuth, lasting = chance.uniform(8, 12), chance.uniform(0, 360), chance.uniform(0.05, 0.3)
        going = -np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
        since = seconds[None, :] - at_s - ((SIX - SIX.mean(axis=0)) @ going / 345.0)[:, None]
        front = np.where(since >= 0, (1 - since / lasting) * np.exp(-np.maximum(since, 0) / lasting), 0.0)
        found = find_arrivals(setup(SIX), 10.0 * front + noise(chance, 6, len(seconds)))
        nearest = min(found, key=lambda heard: abs(heard.time_s - at_s))
        errors.append(nearest.time_s - at_s)
        sigmas.append(nearest.time_sigma_s)
    assert abs(np.mean(errors)) < 0.02 and np.std(errors) < 0.03
    assert np.all(np.abs(errors) < 1.96 * np.array(sigmas))


def test_noise_gives_no_arrival() -> None:
    chance = np.random.default_rng(4)
    for _ in range(3):
        assert find_arrivals(setup(SIX), noise(chance, 6, int(120 * RATE_HZ))) == ()


def test_a_bad_element_is_named() -> None:
    chance = np.random.default_rng(6)
    seconds = np.arange(int(20 * RATE_HZ)) / RATE_HZ
    record = noise(chance, 6, len(seconds)) + 12.0 * pulse(SIX, 130.0, 344.0, 10.0, seconds)
    record[4] = -record[4]
    (heard,) = find_arrivals(setup(SIX), record)
    assert heard.suspects == (4,)


def test_the_real_record_holds_two_lasting_sources() -> None:
    traces = [read_sac(path.name, lzma.decompress(path.read_bytes())) for path in sorted(RECORD.glob("*.xz"))]
    record = np.array([np.frombuffer(trace.samples, "<f8") for trace in traces])
    north = 111195.0 * np.array([trace.lat or 0.0 for trace in traces])
    east = 111195.0 * np.array([trace.lon or 0.0 for trace in traces]) * np.cos(np.radians(39.473))
    at = np.column_stack([east - east.mean(), north - north.mean()])
    listening = Setup(Elements(at[:, 0].tolist(), at[:, 1].tolist(), 0.010), 100.0, 1000, (0.5, 5.0))
    windows, _ = cut(listening, band_passed(listening, record), 500)
    found = find_directions(listening, windows)
    coherent = found.log_odds > 100.0
    assert 40 <= np.count_nonzero(coherent) <= 80
    towards = found.azimuth_deg[coherent]
    assert np.all((apart(towards, np.array(250.5)) < 8.0) | (apart(towards, np.array(321.0)) < 8.0))
    assert len([run for run in stretches(found) if run[1] - run[0] >= 5]) >= 2


def test_a_record_that_cannot_serve_is_refused() -> None:
    with pytest.raises(ValueError, match="5 channels"):
        find_arrivals(setup(SIX), np.zeros((5, 1000)))
    with pytest.raises(ValueError, match="finite"):
        find_arrivals(setup(SIX), np.full((6, 1000), np.nan))
    assert find_arrivals(setup(SIX), np.zeros((6, 1000))) == ()
