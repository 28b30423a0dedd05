"""Peers of the array benchmark, run in an environment of their own (scripts/peers/array.sh).

    .peers/array/bin/python benchmarks/peers/array_peers.py IN.npz OUT.npz

IN: windows (n, elements, samples), east_m, north_m, rate_hz, low_hz, high_hz, step_s_km (of the slowness grid). OUT:
for each method its azimuth, half of its 95 % interval (nan if it gives none), power (of obspy), and CPU seconds in
all.
"""

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

warnings.simplefilter("ignore")
LAT, LON = 48.0, 37.0
SLOWEST_S_KM = 3.5


def stream(window: Floats, rate_hz: float, lats: Floats, lons: Floats) -> Stream:
    traces = []
    for index, data in enumerate(window):
        trace = Trace(np.array(data, float))
        trace.stats.sampling_rate = rate_hz
        trace.stats.starttime = UTCDateTime(2025, 1, 1)
        trace.stats.station, trace.stats.network = f"A{index}", "XX"
        trace.stats.coordinates = AttribDict(latitude=lats[index], longitude=lons[index], elevation=0.0)
        traces.append(trace)
    return Stream(traces)


def obspy_fk(st: Stream, seconds: float, low: float, high: float, step: float) -> tuple[float, float, float]:
    """Frequency–wavenumber analysis as obspy does it: one window."""
    start = st[0].stats.starttime
    found = array_processing(
        st, win_len=seconds, win_frac=1.0, sll_x=-SLOWEST_S_KM, slm_x=SLOWEST_S_KM, sll_y=-SLOWEST_S_KM,
        slm_y=SLOWEST_S_KM, sl_s=step, semb_thres=-1e9, vel_thres=-1e9, frqlow=low, frqhigh=high, prewhiten=0,
        stime=start, etime=st[0].stats.endtime, coordsys="lonlat", timestamp="mlabday", method=0,
    )  # fmt: skip
    return float(found[0, 3]) % 360.0, float("nan"), float(found[0, 1])


def least_trimmed(share: float) -> Callable[..., tuple[float, float, float]]:
    """Least trimmed squares over pairs of elements (share 1: ordinary least squares), by lts_array."""
    from lts_array import ltsva

    def run(st: Stream, seconds: float, lats: Floats, lons: Floats) -> tuple[float, float, float]:
        try:
            found = ltsva(st, lats, lons, seconds, 0.5, share)
        except (IndexError, ValueError, np.linalg.LinAlgError):
            return float("nan"), float("nan"), float("nan")
        return float(found[1][0]) % 360.0, float(found[7][0]), float("nan")

    return run


def main() -> int:
    given = np.load(sys.argv[1])
    windows, rate = given["windows"], float(given["rate_hz"])
    lats = LAT + given["north_m"] / 111195.0
    lons = LON + given["east_m"] / (111195.0 * np.cos(np.radians(LAT)))
    low, high, step = float(given["low_hz"]), float(given["high_hz"]), float(given["step_s_km"])
    seconds = (windows.shape[2] - 2) / rate
    methods: dict[str, Callable[[Stream], tuple[float, float, float]]] = {
        "obspy FK": lambda st: obspy_fk(st, seconds, low, high, step)
    }
    try:
        ordinary, trimmed = least_trimmed(1.0), least_trimmed(0.75)
        methods["least squares (lts_array)"] = lambda st: ordinary(st, seconds, lats, lons)
        methods["least trimmed squares (lts_array)"] = lambda st: trimmed(st, seconds, lats, lons)
    except ImportError:
        print("lts_array is not there; set PEER_PATH to compare with it", file=sys.stderr)
    out = {}
    for name, method in methods.items():
        method(stream(windows[0], rate, lats, lons))  # whatever it compiles first is not counted
        begun = time.process_time()
        found = np.array([method(stream(window, rate, lats, lons)) for window in windows])
        out[name] = np.vstack([found.T, np.full(len(windows), time.process_time() - begun)])
    np.savez(sys.argv[2], **out)  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
