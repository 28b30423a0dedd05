"""PyOcto on picks of sound: read as JSON from standard input, events as JSON to standard output.

In:  {"stations": [[x_km, y_km], …], "picks": [[station, time_s], …], "tolerance": s, "node": km}
Out: {"events": [[pick index, …], …], "cpu_s": s}
PyOcto cannot use directions; it is given the times alone.
"""

import json
import resource
import sys

import numpy as np
import pandas as pd
import pyocto


def used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


given = json.load(sys.stdin)
place = np.array(given["stations"])
stations = pd.DataFrame({"id": [f"S{n:04d}" for n in range(len(place))], "x": place[:, 0], "y": place[:, 1], "z": 0.0})
picks = pd.DataFrame(
    {"station": [f"S{s:04d}" for s, _ in given["picks"]], "phase": "P", "time": [t for _, t in given["picks"]]}
)
low, high = place.min(axis=0) - 30.0, place.max(axis=0) + 30.0
model = pyocto.VelocityModel0D(
    p_velocity=0.337, s_velocity=0.20, tolerance=given["tolerance"], association_cutoff_distance=35.0
)
octo = pyocto.OctoAssociator(
    xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(0.0, 0.1), time_before=110.0, n_picks=5, n_p_picks=5,
    n_s_picks=0, n_p_and_s_picks=0, min_node_size=given["node"], min_node_size_location=0.3,
    pick_match_tolerance=given["tolerance"], velocity_model=model, n_threads=1, min_interevent_time=1.0,
)  # fmt: skip
began = used_s()
catalogue, assigned = octo.associate(picks, stations)
spent = used_s() - began
events = [group["pick_idx"].astype(int).tolist() for _, group in assigned.groupby("event_idx")]
json.dump({"events": events, "cpu_s": spent}, sys.stdout)
