"""Array processing against truth and against peers: azimuth error, the 95 % interval, false alarms, and cost.

    python benchmarks/array_processing.py                     synthetic scenarios and the real record, our figures
    python benchmarks/array_processing.py --peers             the peers of scripts/peers/array.sh beside them

Scenarios: a pulse (second derivative of a Gaussian, 2 Hz) crosses an array in red noise (0.5–8 Hz); SNR is its peak
over the noise's standard deviation at each element. Every element's delay errs as the set-up says that delays do. One
element may be bad. Windows of 10 s at 50 Hz, band 0.5–6 Hz.
"""

import argparse
import lzma
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from scipy.signal import butter, sosfilt

from truceline.formats.sac import read_sac
from truceline.sensors.array.direction import find_directions
from truceline.sensors.array.layout import Elements, Setup
from truceline.sensors.array.windows import band_passed, cut
from truceline.sensors.contract import Floats

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "tests" / "data" / "array_record"
RATE_HZ, SECONDS, BAND_HZ = 50.0, 20.0, (0.5, 6.0)
PULSE_AT_S, PULSE_HZ, BEFORE_S, WINDOW = 10.0, 2.0, 5.0, 502
RING = {"4 elements": (3, 100.0), "6 elements": (5, 150.0), "8 elements": (7, 150.0)}  # on a ring of so many metres
BAD = (
    "clock 250 ms",
    "clock 60 ms",
    "flipped",
    "dead (noise)",
    "dead (zeros)",
    "ten times too loud",
    "spikes",
    "clipped",
)
DELAY_SIGMA_S = 0.001  # of the scenarios
RECORD_DELAY_SIGMA_S = 0.010  # positions are given to 0.0001 degrees
STEPS_S_KM = (0.1, 0.025)
BAND_REAL_HZ, SURE = (0.5, 5.0), 100.0
Said: TypeAlias = dict[str, Floats]


@dataclass(frozen=True)
class Scenario:
    """An array, a fault of its second element ("" for none), the signal-to-noise ratio, and how delays err, and are
    said to.
    """

    array: str
    fault: str
    snr: float
    delay_sigma_s: float

    def __str__(self) -> str:
        return f"{self.array}, {self.fault or 'healthy'}, SNR {self.snr:g}"


def positions(array: str) -> Floats:
    """Offsets (elements, 2) in metres: one in the middle, the others on a ring."""
    ring, radius = RING[array]
    turn = 2.0 * np.pi * np.arange(ring) / ring
    return np.vstack([[0.0, 0.0], radius * np.column_stack([np.sin(turn), np.cos(turn)])])


def passed(data: Floats, low: float, high: float) -> Floats:
    """Band-passed forwards and backwards from rest, as the peers' own tools do it."""
    sections = butter(2, [2.0 * low / RATE_HZ, 2.0 * high / RATE_HZ], "bandpass", output="sos")
    return np.asarray(sosfilt(sections, sosfilt(sections, data)[..., ::-1])[..., ::-1])


def damaged(data: Floats, fault: str, chance: np.random.Generator) -> Floats:
    """One element's data with a fault."""
    if fault.startswith("clock"):
        return np.roll(data, int(float(fault.split()[1]) / 1e3 * RATE_HZ))
    if fault == "spikes":
        struck = data.copy()
        struck[chance.integers(0, len(data), 20)] += 100.0 * chance.normal(size=20)
        return struck
    return {
        "flipped": -data, "dead (noise)": 3.0 * chance.normal(size=len(data)), "dead (zeros)": 0.0 * data,
        "ten times too loud": 10.0 * data, "clipped": np.clip(data, -1.0, 1.0),
    }[fault]  # fmt: skip


def windows(scenario: Scenario, count: int, seed: int) -> Iterator[tuple[Floats, float]]:
    """Windows (elements, samples) and the true azimuths."""
    chance, astray = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    at = positions(scenario.array)
    seconds = np.arange(0.0, SECONDS, 1.0 / RATE_HZ)
    for _ in range(count):
        azimuth, speed = chance.uniform(0.0, 360.0), chance.uniform(335.0, 360.0)
        going = -np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
        record = []
        off = astray.normal(scale=scenario.delay_sigma_s, size=len(at))
        for index, delay in enumerate(at @ going / speed + off):
            phase = np.pi * PULSE_HZ * (seconds - PULSE_AT_S - delay)
            pulse = scenario.snr * (1.0 - 2.0 * phase**2) * np.exp(-(phase**2))
            noise = passed(np.cumsum(chance.normal(size=len(seconds) + 500))[500:], 0.5, 8.0)
            data = pulse + noise / noise.std()
            record.append(damaged(data, scenario.fault, chance) if scenario.fault and index == 1 else data)
        begin = int(BEFORE_S * RATE_HZ)
        yield passed(np.array(record), *BAND_HZ)[:, begin : begin + WINDOW], azimuth


def apart(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.abs((one - other + 180.0) % 360.0 - 180.0))


def row(name: str, azimuth: Floats, truth: Floats, held: Floats | None, ms: float) -> str:
    answered = np.isfinite(azimuth)
    error = apart(azimuth, truth)[answered]
    if not answered.all():
        name += f" (no answer for {np.mean(~answered):.0%})"
    held = None if held is None else held[answered]
    holds = "—" if held is None or np.isnan(held).any() else f"{held.mean():.3f}"
    return f"| {name} | {np.median(error):.2f} | {np.percentile(error, 90):.2f} | {holds} | {ms:.1f} |"


def peers(kind: str, data: Floats, at: Floats, rate: float, band: tuple[float, float], step: float) -> Said:
    """What the peers say of windows or of a record: per method rows of azimuth, half interval, power, CPU seconds."""
    python = ROOT / ".peers" / "array" / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        given, said = Path(folder) / "in.npz", Path(folder) / "out.npz"
        table = {
            kind: data, "east_m": at[:, 0], "north_m": at[:, 1], "rate_hz": np.array(rate), "step_s_km": np.array(step),
            "low_hz": np.array(band[0]), "high_hz": np.array(band[1]),
        }  # fmt: skip
        np.savez(given, **table)  # type: ignore[arg-type]
        path = {**os.environ, "PYTHONPATH": os.environ.get("PEER_PATH", ""), "OMP_NUM_THREADS": "1"}
        script = ROOT / "benchmarks" / "peers" / "array_peers.py"
        subprocess.run([python, script, kind, given, said], check=True, env=path, stdout=subprocess.DEVNULL)
        with np.load(said) as found:
            return {name: found[name] for name in found.files}


def synthetic(scenario: Scenario, count: int, seed: int, beside: int) -> None:
    """One scenario: our row, and the peers' on the first `beside` windows."""
    made = list(windows(scenario, count, seed))
    data, truth = np.array([window for window, _ in made]), np.array([azimuth for _, azimuth in made])
    at = positions(scenario.array)
    elements = Elements(at[:, 0].tolist(), at[:, 1].tolist(), scenario.delay_sigma_s)
    setup = Setup(elements, RATE_HZ, data.shape[2], BAND_HZ)
    find_directions(setup, data[:2])  # tables are made once a station, not once a window
    begun = time.process_time()
    found = find_directions(setup, data)
    ms = 1e3 * (time.process_time() - begun) / count
    held = (truth - found.interval_from_deg) % 360.0 <= found.interval_width_deg
    print(row(f"{scenario}: Truceline", found.azimuth_deg, truth, held.astype(float), ms), flush=True)
    if beside:
        said = peers("windows", data[:beside], at, RATE_HZ, BAND_HZ, STEPS_S_KM[0])
        for name, (azimuth, half, _, cpu) in said.items():
            error = apart(azimuth, truth[:beside])
            inside = np.where(np.isnan(half), np.nan, error <= half)
            print(row(f"{scenario}: {name}", azimuth, truth[:beside], inside, 1e3 * cpu[0] / beside), flush=True)


def false_alarms(array: str, count: int, seed: int) -> None:
    """How often noise alone is said to hold a wave, at log odds of 0, 3 and 5."""
    data = np.array([window for window, _ in windows(Scenario(array, "", 0.0, DELAY_SIGMA_S), count, seed)])
    at = positions(array)
    setup = Setup(Elements(at[:, 0].tolist(), at[:, 1].tolist()), RATE_HZ, data.shape[2], BAND_HZ)
    odds = find_directions(setup, data).log_odds
    shares = ", ".join(f"{np.mean(odds > least):.4f} over {least}" for least in (0.0, 3.0, 5.0))
    print(f"{array}, noise alone, {count} windows: share with log odds {shares}")


def real(with_peers: bool) -> None:
    """The real record: cost, and agreement with the peers where windows are coherent."""
    files = sorted(RECORD.glob("*.SAC.xz"))
    traces = [read_sac(path.name, lzma.decompress(path.read_bytes())) for path in files]
    record = np.array([np.frombuffer(trace.samples, "<f8") for trace in traces], float)
    north = np.array([trace.lat or 0.0 for trace in traces])
    east = np.array([trace.lon or 0.0 for trace in traces]) * np.cos(np.radians(north.mean()))
    at = 111195.0 * np.column_stack([east - east.mean(), north - north.mean()])
    begun = time.process_time()
    elements = Elements(at[:, 0].tolist(), at[:, 1].tolist(), RECORD_DELAY_SIGMA_S)
    setup = Setup(elements, traces[0].rate_hz, 1000, BAND_REAL_HZ)
    data, _ = cut(setup, band_passed(setup, record), 500)
    found = find_directions(setup, data)
    print(f"real record: {len(data)} windows, {time.process_time() - begun:.2f} s of CPU, filter and tables included")
    if not with_peers:
        return
    for step in STEPS_S_KM:
        azimuth, _, power, _ = peers("windows", data, at, traces[0].rate_hz, BAND_REAL_HZ, step)["obspy FK"]
        for least in (0.7, 0.8, 0.9):
            error = apart(found.azimuth_deg, azimuth)[power > least]
            print(
                f"  obspy FK, grid {step:g} s/km, the same windows of relative power > {least:g}: {len(error)}, "
                f"median difference {np.median(error):.2f}, p90 {np.percentile(error, 90):.2f} degrees"
            )
    whole = band_passed(setup, record)
    for step in STEPS_S_KM:
        for name, rows in peers("record", whole, at, traces[0].rate_hz, BAND_REAL_HZ, step).items():
            both = min(len(data), rows.shape[1])
            sure = found.log_odds[:both] > SURE
            error = apart(found.azimuth_deg[:both], rows[0, :both])[sure]
            print(
                f"  {name} by itself, grid of obspy {step:g} s/km: {rows[3, 0]:.1f} s of CPU, {rows.shape[1]} windows;"
                f" {sure.sum()} of log odds > {SURE:g}, there the median difference is {np.median(error):.2f} degrees",
                flush=True,
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1000, metavar="N", help="windows a scenario (default 1000)")
    parser.add_argument("--peers", type=int, nargs="?", const=200, default=0, metavar="N",
                        help="compare with the peers on the first N windows of each (200)")  # fmt: skip
    parser.add_argument("--arrays", nargs="+", choices=RING, default=list(RING), help="which (default all)")
    parser.add_argument("--delay-sigma", type=float, default=DELAY_SIGMA_S, metavar="S",
                        help="how each element's delay errs, and is said to (0.001; 0.00001: exact)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    real(bool(args.peers))
    for array in args.arrays:
        false_alarms(array, args.windows, args.seed + 1)
    print("\n| scenario: method | median error, ° | p90, ° | 95 % interval holds | CPU ms a window |")
    print("|---|---|---|---|---|")
    for array in args.arrays:
        for fault, snr in [("", 3.0), ("", 8.0), ("", 20.0), *((fault, 8.0) for fault in BAD)]:
            known = fault in ("", "clock 250 ms", "flipped", "dead (noise)") and snr < 20.0
            synthetic(
                Scenario(array, fault, snr, args.delay_sigma), args.windows, args.seed, args.peers if known else 0
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
