"""Channels joined on one clock, and the sound that is kept of an event."""

import numpy as np
import pytest

from truceline.model.waveform import Waveform
from truceline.sensors.acoustic.excerpt import excerpt, levelled
from truceline.sensors.array.record import joined, spans

RATE = 100.0
SECOND = 1_000_000


def channel(
    name: str, start_us: int, samples: "np.ndarray[tuple[int], np.dtype[np.float64]]", rate: float = RATE
) -> Waveform:
    return Waveform(channel=name, start_us=start_us, rate_hz=rate, samples=samples.astype("<f8").tobytes())


def tone(start_us: int, seconds: float, hz: float = 3.0) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.sin(2 * np.pi * hz * (start_us / SECOND + np.arange(int(seconds * RATE)) / RATE))


def test_channels_are_cut_to_the_span_they_share() -> None:
    record = joined([channel("a", 0, tone(0, 10)), channel("b", 2 * SECOND, tone(2 * SECOND, 10))])
    assert (record.start_us, record.rate_hz, record.samples.shape) == (2 * SECOND, RATE, (2, 800))
    assert record.samples[0] == pytest.approx(record.samples[1], abs=1e-9)


def test_a_share_of_a_sample_is_taken_out() -> None:
    late = 3_700  # µs, a third of a sample
    record = joined([channel("a", 0, tone(0, 20)), channel("b", late, tone(late, 20))])
    middle = slice(100, -100)
    assert record.samples[0][middle] == pytest.approx(record.samples[1][middle], abs=0.02)


def test_channels_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match="resample"):
        joined([channel("a", 0, tone(0, 10)), channel("b", 0, tone(0, 10), 50.0)])
    with pytest.raises(ValueError, match="share no span"):
        joined([channel("a", 0, tone(0, 1)), channel("b", 5 * SECOND, tone(0, 1))])


@pytest.mark.parametrize("rate", [16_000.0, 4_000.0])
def test_the_speech_band_is_gone_and_thunder_stays(rate: float) -> None:
    seconds = np.arange(int(30 * rate)) / rate
    voice = sum(np.sin(2 * np.pi * hz * seconds) for hz in (120.0, 240.0, 700.0, 1_500.0))
    rumble = np.sin(2 * np.pi * 20.0 * seconds)
    kept = excerpt(rumble + voice, rate, 15.0)
    assert len(kept) == round(10 * rate)
    spectrum = np.abs(np.fft.rfft(kept * np.hanning(len(kept))))
    hz = np.fft.rfftfreq(len(kept), 1 / rate)
    loudest = spectrum[np.abs(hz - 20.0) < 1].max()
    for tone_hz in (120.0, 240.0, 700.0, 1_500.0):
        assert spectrum[np.abs(hz - tone_hz) < 1].max() < 0.01 * loudest


def test_excerpts_at_the_edges_and_of_nothing() -> None:
    assert len(excerpt(np.ones(100), 100.0, 0.0)) == 100
    assert len(excerpt(np.zeros(0), 100.0, 5.0)) == 0
    assert np.all(excerpt(np.zeros(3_000), 100.0, 15.0) == 0.0)
    loud = 7.0 * np.random.default_rng(1).normal(size=3_000)
    assert np.array_equal(excerpt(loud, 100.0, 15.0), loud[1_000:2_000] - loud[1_000:2_000].mean())
    assert np.abs(levelled(loud)).max() == 1.0 and np.all(levelled(np.zeros(9)) == 0.0)
    assert np.all(excerpt(np.tile([1.0, -1.0], 10), 8_000.0, 0.0) == 0.0)  # too short to be filtered: silence


def pieces(*parts: tuple[str, float, float]) -> list[Waveform]:
    return [
        channel(name, round(begin * SECOND), np.arange(100 * begin, 100 * end, 1.0)[: round((end - begin) * RATE)])
        for name, begin, end in parts
    ]


def told(groups: list[list[Waveform]]) -> list[tuple[str, float, float]]:
    """Channels and spans of groups."""
    return [
        ("".join(one.channel for one in group), group[0].start_us / SECOND, group[0].end_us / SECOND)
        for group in groups
    ]


def test_channels_without_a_gap_make_one_span() -> None:
    parts = pieces(("a", 0, 30), ("b", 0, 30), ("c", 0.02, 30), ("d", 0, 10), ("d", 12, 30))
    assert told(spans(parts, 3)) == [("abc", 0.0, 30.0)]


def test_where_too_few_are_whole_time_is_parted() -> None:
    parts = pieces(("a", 0, 30), ("b", 0, 30), ("c", 0, 10), ("c", 15, 30), ("d", 5, 30))
    groups = spans(parts, 3)
    assert told(groups) == [("abc", 0.0, 5.0), ("abcd", 5.0, 10.0), ("abd", 10.0, 15.0), ("abcd", 15.0, 30.0)]
    assert all(one.start_us == group[0].start_us and one.count == group[0].count for group in groups for one in group)
    assert all(np.frombuffer(one.samples)[0] == pytest.approx(one.start_us / 1e4) for group in groups for one in group)
    assert spans([], 3) == [] and spans(pieces(("a", 0, 9), ("b", 0, 9)), 3) == []


def test_two_pieces_of_a_channel_are_never_in_one_span() -> None:
    parts = pieces(("a", 0, 30), ("b", 0, 10), ("b", 10.01, 30), ("c", 0, 10), ("c", 10.03, 30))
    for group in spans(parts, 2):
        assert len({one.channel for one in group}) == len(group)
