"""The families of worlds: what each sets differently from the defaults of `world.py`.

A world file names its family and overrides what it likes. A value may be a number, a [low, high] pair, a word
or a list, as in the file.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Tables: TypeAlias = Mapping[str, Any]

_NOBODY_ELSE = {
    "posts": 0, "microphones": 0, "seismic": 0, "cameras": 0, "patrols": 0, "satellites": 0,
}  # fmt: skip
_NO_NATURE = {"thunder": 0, "quarries": 0, "fires": 0, "clutter_per_h": 0}
_NO_FAULTS = {"wrong_clocks": 0, "dead": 0}

_QUIET: Tables = {
    "place": {"length_km": 40},
    "network": {"arrays": 40, "microphones": 20},
    "fire": {"batteries": 1, "unseen_impacts": 2, "small_arms": 25},
    "nature": {"thunder": 12},
}
_LIAR: Tables = {
    "fire": {"batteries": [2, 3], "unseen_impacts": 6},
    "lie": [{"kind": "mirrored", "invented": 6}],
}
_THIN: Tables = {
    "place": {"length_km": 60},
    "period": {"hours": 3},
    "network": {"arrays": 14, "posts": 0, "microphones": 10, "cameras": 4, "patrols": 3},
    "hearing": {"factor": [1.0, 1.5]},
    "fire": {"batteries": [3, 4], "unseen_impacts": 10},
}
_ONE_SIDED: Tables = {
    "network": {"layout": "one-sided", "arrays": 50, "posts": 0, "microphones": 30, "back_km": [4, 20]},
    "fire": {"batteries": [4, 5], "unseen_impacts": 6},
}
_LINE_1200: Tables = {
    "place": {"length_km": 1200, "wave_km": 0, "lat_deg": [-50, 52], "lon_deg": [-150, 150]},
    "period": {"hours": 24},
    "air": {"wind_steps": True, "temperature_trend_c_per_h": 0, "path_share": 0.006},
    "weather": {"blind": True, "temperature_sigma_c": 0.5, "wind_sigma_mps": 6},
    "network": {
        **_NOBODY_ELSE, "layout": "rows", "arrays": 0, "row_km": 12, "time_sigma_s": 0.15, "azimuth_sigma_deg": 2,
        "providers": ["aland", "borea", "cordia", "delmar"],
    },
    "hearing": {
        "factor": [0.85, 1.15], "outgoing_km": 16, "event_sigma": 0.35, "width_km": 1.5, "wind_share_per_mps": 0,
        "microphone_factor": 1, "most": 0.85,
    },
    "fire": {"plan": "scattered", "events": 2000, "least_arrivals": 5},
    "nature": {**_NO_NATURE, "clutter_share": 0.3},
    "notices": {"demining": 0},
    "faults": _NO_FAULTS,
    "channel": {
        "delay_s": 1, "delay_mean_s": 0, "late_share": 0, "status_s": 0, "snr": False, "labelled": False,
    },
}  # fmt: skip
_SCENES: Tables = {
    "place": {"length_km": 40, "wave_km": 0},
    "period": {"hours": 24},
    "air": {"temperature_c": 6.1, "temperature_trend_c_per_h": 0, "wind_mps": 0, "wind_drift_mps": 0,
            "path_share": 0.024},
    "weather": {"blind": True, "temperature_sigma_c": 1, "wind_sigma_mps": 8},
    "network": {**_NOBODY_ELSE, "layout": "scenes", "arrays": 0, "infrasound": 5, "time_sigma_s": 0.02,
                "infrasound_azimuth_deg": 2, "scene_fan_deg": 162},
    "hearing": {"factor": 1, "outgoing_km": 400, "most": 1, "wind_share_per_mps": 0},
    "fire": {"plan": "scenes", "events": 60, "off_km": 8},
    "nature": _NO_NATURE,
    "notices": {"demining": 0},
    "faults": _NO_FAULTS,
}  # fmt: skip
_ARRAYS_AROUND: Tables = {**_SCENES, "network": {**_SCENES["network"], "scene_fan_deg": 360}}
_DEEP_BACK: Tables = {
    **_ONE_SIDED,
    "network": {**_ONE_SIDED["network"], "back_km": [10, 30], "infrasound": 10},
    "air": {"shear_mps_per_km": [2, 12], "veer_deg_per_km": [-30, 30], "lapse_c_per_km": 6.5},
}
_ROUGH: Tables = {
    "air": {
        "shear_mps_per_km": [0, 15], "veer_deg_per_km": [-40, 40], "lapse_c_per_km": [-10, 8],
        "gradient_mps_per_100km": [0, 8], "gust_mps": [0.3, 1.5], "wind_drift_mps": [0.3, 2],
    },
    "weather": {"places": 3, "error_factor": [0.7, 1.6], "shared_error": [0, 1]},
    "terrain": {"relief_m": [20, 160]},
    "network": {"described": True, "error_factor": [0.8, 1.5], "infrasound": 4},
    "hearing": {"event_sigma": 0.15},
    "faults": {"wrong_clocks": 2, "drifting_clocks": 1, "stepping_clocks": 1, "dead": 3, "deaf": 2, "turned": 2,
               "inconsistent": 2},
    "channel": {"repeated_share": 0.01, "conflicting_share": 0.002, "broken_share": 0.002},
}  # fmt: skip

FAMILIES: dict[str, tuple[str, Tables]] = {
    "quiet": ("40 km, two hours of little fire: most of what sounds is no breach", _QUIET),
    "salvos": ("50 km, two hours, six batteries, impacts out of the launchers' earshot", {}),
    "liar": ("as salvos with fewer guns; one provider mirrors every event and invents six", _LIAR),
    "thin": ("60 km, 38 sensors, three hours: much is heard by few", _THIN),
    "one-sided": ("50 km, all sensors on one side, 4–20 km back", _ONE_SIDED),
    "deep-back": ("one-sided, 10–30 km back, sheared wind, infrasound arrays", _DEEP_BACK),
    "line-1200": ("1,200 km, 300 nodes, a day, 2,000 events, wind unknown and stepping on the hour", _LINE_1200),
    "rough": ("as salvos with everything that can be wrong: hills, gusts, shear, sensors, lines", _ROUGH),
    "few-arrays": ("scenes of five infrasound arrays in a fan 12–70 km from one event", _SCENES),
    "arrays-around": ("scenes of five infrasound arrays all around one event near the line", _ARRAYS_AROUND),
}
