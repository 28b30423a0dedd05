"""Labels of sounds by their character: fitted to simulated sounds, and how true their probabilities are on held-out
ones.

    python benchmarks/sound_labels.py --fit        print the table of sensors/acoustic/sound_classes.py
    python benchmarks/sound_labels.py              calibration and confusion on sounds of other seeds

Sources: muzzle blast and impact (Friedlander pulses of 6 to 40 ms), a shell's or bullet's shock wave (N-wave, 1 to 12
ms), thunder (some tens to hundreds of pulses over 1 to 15 s), bursts of small arms. Paths: absorption that grows with
frequency and distance, echoes. No real sound stands behind these figures.
"""

import argparse
from collections.abc import Callable

import numpy as np

from truceline.sensors.acoustic.character import Character, character
from truceline.sensors.acoustic.sound_classes import CLASSES, features, labels_of_sound
from truceline.sensors.contract import Floats

RATE_HZ, SECONDS, AT_S = 1_000.0, 8.0, 2.0
Pulse = Callable[[Floats, np.random.Generator], Floats]


def friedlander(seconds: Floats, lasting: float) -> Floats:
    since = np.maximum(seconds, 0.0)
    return np.where(seconds >= 0.0, (1.0 - since / lasting) * np.exp(-since / lasting), 0.0)


def n_wave(seconds: Floats, lasting: float) -> Floats:
    return np.where((seconds >= 0.0) & (seconds < lasting), 1.0 - 2.0 * seconds / lasting, 0.0)


def _log(chance: np.random.Generator, middle: float, factor: float) -> float:
    return float(middle * np.exp(np.log(factor) * chance.normal()))


def source(kind: str, seconds: Floats, chance: np.random.Generator) -> tuple[Floats, float]:
    """Pressure at the source and the distance, km."""
    if kind == "outgoing":
        return friedlander(seconds, _log(chance, 0.012, 1.5)), _log(chance, 4.0, 1.8)
    if kind == "impact":
        return friedlander(seconds, _log(chance, 0.020, 1.6)), _log(chance, 4.0, 1.8)
    if kind == "projectile":
        return n_wave(seconds, _log(chance, 0.004, 1.7)), _log(chance, 0.8, 1.7)
    if kind == "burst":
        count, gap = int(chance.integers(3, 15)), 1.0 / chance.uniform(9.0, 15.0)
        lasting = _log(chance, 0.003, 1.3)
        shots = [friedlander(seconds - number * gap, lasting) * chance.uniform(0.7, 1.0) for number in range(count)]
        return np.sum(shots, axis=0), _log(chance, 0.8, 1.5)
    count, span = int(_log(chance, 60.0, 2.0)) + 5, _log(chance, 4.0, 1.8)
    starts, sizes = chance.uniform(0.0, span, count), np.exp(chance.normal(size=count))
    pulses = [
        size * n_wave(seconds - start, _log(chance, 0.02, 1.5)) for start, size in zip(starts, sizes, strict=True)
    ]
    return np.sum(pulses, axis=0), _log(chance, 6.0, 1.6)


def heard(kind: str, chance: np.random.Generator) -> Floats:
    """The sound at the array's beam: absorbed, echoed, in red noise."""
    seconds = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ - AT_S
    pressure, km = source(kind, seconds, chance)
    hz = np.fft.rfftfreq(len(seconds), 1.0 / RATE_HZ)
    loss_db = 0.3 * km * (hz / 100.0) ** 1.4
    echo = np.ones(len(hz), complex)
    for _ in range(int(chance.integers(3, 25))):
        delay = chance.exponential(0.35)
        echo += chance.uniform(0.03, 0.35) * np.exp(-delay / 0.7) * np.exp(-2j * np.pi * hz * delay)
    wave = np.fft.irfft(np.fft.rfft(pressure) * 10 ** (-loss_db / 20.0) * echo, len(seconds))
    noise = np.fft.irfft(np.fft.rfft(chance.normal(size=len(seconds))) / np.sqrt(np.maximum(hz, 2.0)), len(seconds))
    return np.asarray(wave / np.abs(wave).max() * _log(chance, 14.0, 1.7) + noise / noise.std())


def sounds(count: int, seed: int) -> tuple[list[Character], Floats]:
    """Characters of sounds that rise above the noise, and their true classes."""
    chance = np.random.default_rng(seed)
    found, truth = [], []
    for number, kind in enumerate(CLASSES):
        for _ in range(count):
            told = character(heard(kind, chance), RATE_HZ, AT_S)
            if told is not None:
                found.append(told)
                truth.append(number)
    return found, np.array(truth)


def fit(count: int, seed: int) -> None:
    """Mean and covariance of the features of each class."""
    found, truth = sounds(count, seed)
    table = np.array([features(one) for one in found])
    print("MODELS = {")
    for number, kind in enumerate(CLASSES):
        rows = table[truth == number]
        mean, cov = rows.mean(axis=0), np.cov(rows.T)
        print(f'    "{kind}": (')
        print(f"        {tuple(round(float(v), 3) for v in mean)},")
        print("        (")
        for row in cov:
            print(f"            {tuple(round(float(v), 4) for v in row)},")
        print("        ),\n    ),")
    print("}  # fmt: skip")


def judge(count: int, seed: int) -> None:
    """Expected calibration error, confusion and sharpness on other seeds."""
    found, truth = sounds(count, seed)
    said = np.array([[dict(labels_of_sound(one)).get(kind, 0.0) for kind in CLASSES] for one in found])
    best = said.argmax(axis=1)
    right = best == truth
    error = 0.0
    for low in np.arange(0.0, 1.0, 0.1):
        held = (said.max(axis=1) > low) & (said.max(axis=1) <= low + 0.1)
        if held.any():
            error += held.mean() * abs(said.max(axis=1)[held].mean() - right[held].mean())
    print(f"{len(found)} sounds: right {right.mean():.2f}, expected calibration error {error:.3f}")
    print("| is \\ said most | " + " | ".join(CLASSES) + " |\n|---|" + "---|" * len(CLASSES))
    for number, kind in enumerate(CLASSES):
        row = [f"{np.mean(best[truth == number] == other):.2f}" for other in range(len(CLASSES))]
        print(f"| {kind} | " + " | ".join(row) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--count", type=int, default=1_000, help="sounds of each class")
    args = parser.parse_args()
    if args.fit:
        fit(args.count, 1)
    else:
        judge(args.count, 1_000)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
