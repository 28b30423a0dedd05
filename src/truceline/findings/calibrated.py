"""The calibration that is shipped. Made by `python benchmarks/calibrate.py`; do not edit."""

from truceline.findings.calibration import Calibration, Stratum

CALIBRATION = Calibration(
    wrong_most=0.003,
    source="simulation, 46 worlds of 34 kinds, seeds 41001 to 41012, engine 2524dfd and dfb985a",
    strata=(
        Stratum("all", acts=309, named=0, wrong=0, threshold=1.0001),
    ),
)
