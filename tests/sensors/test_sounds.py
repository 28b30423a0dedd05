"""What a sound is like, and what it may be: blasts, shock waves, thunder; and no more than can be told."""

import math

import numpy as np
import pytest

from sensors.waves import Floats, ring
from truceline.sensors.acoustic.character import character
from truceline.sensors.acoustic.sound_classes import CLASSES, MODELS, labels_of_sound
from truceline.sensors.array.arrivals import HeardArrival
from truceline.sensors.array.beam import beam
from truceline.sensors.array.layout import Elements, Setup

RATE, AT_S = 1_000.0, 2.0
SECONDS = np.arange(int(8 * RATE)) / RATE - AT_S


def friedlander(since: Floats, lasting: float = 0.012) -> Floats:
    held = np.maximum(since, 0.0)
    return np.where(since >= 0.0, (1.0 - held / lasting) * np.exp(-held / lasting), 0.0)


def n_wave(since: Floats, lasting: float = 0.004) -> Floats:
    return np.where((since >= 0.0) & (since < lasting), 1.0 - 2.0 * since / lasting, 0.0)


def far(pressure: Floats, km: float, snr: float, seed: int) -> Floats:
    """Absorbed on its way, and in noise."""
    hz = np.fft.rfftfreq(len(pressure), 1.0 / RATE)
    wave = np.fft.irfft(np.fft.rfft(pressure) * 10 ** (-0.3 * km * (hz / 100.0) ** 1.4 / 20.0), len(pressure))
    noise = np.random.default_rng(seed).normal(size=len(pressure))
    return np.asarray(snr * wave / np.abs(wave).max() + np.convolve(noise, np.ones(3) / 1.7, "same"))


def thunder(seed: int) -> Floats:
    chance = np.random.default_rng(seed)
    claps = zip(chance.uniform(0, 4, 80), np.exp(chance.normal(size=80)), strict=True)
    return np.asarray(sum(size * n_wave(SECONDS - start, 0.02) for start, size in claps))


def burst() -> Floats:
    return np.asarray(sum(friedlander(SECONDS - shot / 12.0, 0.003) for shot in range(8)))


SOUNDS = {
    "projectile": lambda seed: far(n_wave(SECONDS), 0.8, 20.0, seed),
    "thunder": lambda seed: far(thunder(seed), 6.0, 15.0, seed),
    "burst": lambda seed: far(burst(), 0.8, 20.0, seed),
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_sounds_unlike_each_other_are_told_apart(kind: str) -> None:
    told = [character(SOUNDS[kind](seed), RATE, AT_S) for seed in range(8)]
    most = [max(labels_of_sound(one), key=lambda item: item[1])[0] for one in told if one is not None]
    assert most.count(kind) >= 7


def test_a_muzzle_blast_and_an_impact_are_not_told_apart_for_sure() -> None:
    told = [character(far(friedlander(SECONDS, 0.016), 4.0, 15.0, seed), RATE, AT_S) for seed in range(8)]
    shares = [dict(labels_of_sound(one)) for one in told if one is not None]
    assert len(shares) >= 7
    assert all(0.6 < share.get("outgoing", 0.0) + share.get("impact", 0.0) < 0.96 for share in shares)
    assert all(max(share.get("outgoing", 0.0), share.get("impact", 0.0)) < 0.9 for share in shares)


def test_probabilities_sum_to_one_and_leave_room_for_what_is_not_known() -> None:
    told = character(SOUNDS["projectile"](1), RATE, AT_S)
    assert told is not None
    labels = dict(labels_of_sound(told))
    assert math.isclose(sum(labels.values()), 1.0, abs_tol=1e-9)
    assert labels["other"] >= 0.04 and set(labels) <= {*CLASSES, "other"}
    strange = labels_of_sound(type(told)(4.0, 400.0, 5.0, 1.5, 500, 1e9))
    assert dict(strange)["other"] > 0.9


def test_noise_and_too_short_a_trace_have_no_character() -> None:
    assert character(np.random.default_rng(1).normal(size=8_000), RATE, AT_S) is None
    assert character(np.zeros(8_000), RATE, AT_S) is None
    assert character(np.ones(100), RATE, 0.05) is None


def test_what_a_pulse_is_like() -> None:
    told = character(far(n_wave(SECONDS, 0.010), 0.1, 50.0, 2), RATE, AT_S)
    assert told is not None
    assert told.duration_s < 0.1 and told.pulses == 1
    assert told.swing == pytest.approx(1.0, abs=0.35)
    assert 40.0 < told.centre_hz < 250.0


def test_the_table_holds_every_class() -> None:
    assert set(MODELS) == set(CLASSES)
    for mean, cov in MODELS.values():
        assert np.array(cov).shape == (len(mean), len(mean))
        assert np.linalg.eigvalsh(np.array(cov)).min() > 0.0


def test_the_beam_brings_elements_into_step_and_leaves_the_bad_one_out() -> None:
    at = ring(6, 20.0)
    setup = Setup(Elements(at[:, 0].tolist(), at[:, 1].tolist()), RATE, 2_000, (5.0, 40.0))
    going = -np.array([np.sin(np.radians(70.0)), np.cos(np.radians(70.0))])
    delays = setup.at_m @ going / 345.0
    record = np.stack([friedlander(SECONDS - delay) for delay in delays])
    record[2] = np.random.default_rng(3).normal(size=record.shape[1])
    heard = HeardArrival(
        time_s=AT_S, time_sigma_s=0.01, azimuth_deg=70.0, azimuth_sigma_deg=1.0, trace_velocity_mps=345.0, snr_db=20.0,
        log_odds=99.0, suspects=(2,),
    )  # fmt: skip
    sound, at_s = beam(setup, record, heard, 1.5)
    assert at_s == pytest.approx(1.5)
    assert sound.max() > 0.85 and abs(int(sound.argmax()) - 1_500) <= 1
