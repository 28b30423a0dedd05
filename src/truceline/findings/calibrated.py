"""The calibration that is shipped. Made by `python benchmarks/calibrate.py`; do not edit."""

from truceline.findings.calibration import Calibration, Stratum

CALIBRATION = Calibration(
    wrong_most=0.003,
    source="simulation, 174 worlds of 36 kinds, seeds 41001 to 41012, engine 1d564f4",
    strata=(
        Stratum("all", acts=1578, named=1578, wrong=2, threshold=0.0),
        Stratum("followed impact, many sensors", acts=634, named=634, wrong=0, threshold=0.0),
        Stratum("launch, many sensors", acts=720, named=720, wrong=1, threshold=0.0),
    ),
)
