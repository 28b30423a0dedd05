"""Peers of the array benchmark, run in an environment of their own (scripts/peers/array.sh).

    .peers/array/bin/python benchmarks/peers/array_peers.py windows IN.npz OUT.npz
    .peers/array/bin/python benchmarks/peers/array_peers.py record IN.npz OUT.npz

IN: windows (n, elements, samples) or record (elements, samples); east_m, north_m, rate_hz, low_hz, high_hz, step_s_km
(of obspy's slowness grid). infrapy's grid is 2 degrees by 2.5 m/s. OUT: for each method rows of azimuth, half of its
95 % interval (nan if it gives none), a measure of power, CPU seconds in all.
"""

import contextlib
import io
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace, UTCDateTime
from obspy.core.util import AttribDict
from obspy.signal.array_analysis import array_processing

Floats = npt.NDArray[np.float64]
Method = Callable[[Stream, float], list[tuple[float, float, float]]]

warnings.simplefilter("ignore")
LAT, LON = 48.0, 37.0
SLOWEST_S_KM = 3.5
RECORD_WINDOW_S, RECORD_STEP_S = 10.0, 5.0


def stream(data: Floats, rate_hz: float, lats: Floats, lons: Floats) -> Stream:
    traces = []
    for index, row in enumerate(data):
        trace = Trace(np.array(row, float))
        trace.stats.sampling_rate = rate_hz
        trace.stats.starttime = UTCDateTime(2025, 1, 1)
        trace.stats.station, trace.stats.network = f"A{index}", "XX"
        trace.stats.coordinates = AttribDict(latitude=lats[index], longitude=lons[index], elevation=0.0)
        traces.append(trace)
    return Stream(traces)


def obspy_fk(low: float, high: float, step: float) -> Method:
    """Frequency–wavenumber analysis as obspy does it."""

    def run(st: Stream, seconds: float) -> list[tuple[float, float, float]]:
        start, whole = st[0].stats.starttime, st[0].stats.npts / st[0].stats.sampling_rate
        found = array_processing(
            st, win_len=seconds, win_frac=1.0 if whole < 1.5 * seconds else RECORD_STEP_S / RECORD_WINDOW_S,
            sll_x=-SLOWEST_S_KM, slm_x=SLOWEST_S_KM, sll_y=-SLOWEST_S_KM, slm_y=SLOWEST_S_KM, sl_s=step,
            semb_thres=-1e9, vel_thres=-1e9, frqlow=low, frqhigh=high, prewhiten=0, stime=start,
            etime=st[0].stats.endtime, coordsys="lonlat", timestamp="mlabday", method=0,
        )  # fmt: skip
        return [(row[3] % 360.0, np.nan, row[1]) for row in found]

    return run


def least_trimmed(share: float, lats: Floats, lons: Floats) -> Method:
    """Least trimmed squares over pairs of elements (share 1: ordinary least squares), by lts_array."""
    from lts_array import ltsva

    def run(st: Stream, seconds: float) -> list[tuple[float, float, float]]:
        try:
            found = ltsva(st, lats, lons, seconds, 0.5, share)
        except (IndexError, ValueError, np.linalg.LinAlgError):
            return [(np.nan, np.nan, np.nan)]
        return [(azimuth % 360.0, half, np.nan) for azimuth, half in zip(found[1], found[7], strict=True)]

    return run


def infrapy_fk(low: float, high: float, lats: Floats, lons: Floats) -> Method:
    """Bartlett beams as infrapy makes them."""
    from infrapy.detection import beamforming_new

    azimuths = np.arange(-180.0, 180.0, 2.0)
    speeds = np.arange(300.0, 600.0, 2.5)
    places = [[lat, lon] for lat, lon in zip(lats, lons, strict=True)]

    def run(st: Stream, seconds: float) -> list[tuple[float, float, float]]:
        whole = st[0].stats.npts / st[0].stats.sampling_rate
        step = 2.0 * seconds if whole < 1.5 * seconds else RECORD_STEP_S
        with contextlib.redirect_stdout(io.StringIO()):
            _, peaks = beamforming_new.run_fk(
                st, places, [low, high], seconds, None, step, "bartlett", azimuths, speeds, None, 1, None
            )
        return [(row[0] % 360.0, np.nan, row[2]) for row in peaks]

    return run


def methods(given: "np.lib.npyio.NpzFile", lats: Floats, lons: Floats) -> dict[str, Method]:
    low, high = float(given["low_hz"]), float(given["high_hz"])
    found = {"obspy FK": obspy_fk(low, high, float(given["step_s_km"]))}
    try:
        found["least squares (lts_array)"] = least_trimmed(1.0, lats, lons)
        found["least trimmed squares (lts_array)"] = least_trimmed(0.5, lats, lons)
    except ImportError:
        print("lts_array is not there; set PEER_PATH to compare with it", file=sys.stderr)
    try:
        found["infrapy Bartlett"] = infrapy_fk(low, high, lats, lons)
    except ImportError:
        print("infrapy is not there; set PEER_PATH to compare with it", file=sys.stderr)
    return found


def main() -> int:
    given = np.load(sys.argv[2])
    rate = float(given["rate_hz"])
    lats = LAT + given["north_m"] / 111195.0
    lons = LON + given["east_m"] / (111195.0 * np.cos(np.radians(LAT)))
    out = {}
    for name, method in methods(given, lats, lons).items():
        if sys.argv[1] == "record":
            record, seconds = given["record"], RECORD_WINDOW_S
            method(stream(record[:, : int(30 * rate)], rate, lats, lons), seconds)  # what it compiles is not counted
            begun = time.process_time()
            found = np.array(method(stream(record, rate, lats, lons), seconds), float)
        else:
            windows = given["windows"]
            seconds = (windows.shape[2] - 2) / rate
            method(stream(windows[0], rate, lats, lons), seconds)
            begun = time.process_time()
            found = np.array([method(stream(window, rate, lats, lons), seconds)[0] for window in windows], float)
        out[name] = np.vstack([found.T, np.full(len(found), time.process_time() - begun)])
    np.savez(sys.argv[3], **out)  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
