"""The calibration that is shipped. Made by `python benchmarks/calibrate.py`; do not edit."""

from truceline.findings.calibration import Calibration, Stratum

CALIBRATION = Calibration(
    wrong_most=0.003,
    source="simulation, 174 worlds of 36 kinds, seeds 41001 to 41012, engine 2524dfd and dfb985a",
    strata=(
        Stratum("all", acts=1581, named=1581, wrong=2, threshold=0.0),
        Stratum("followed impact, many sensors", acts=633, named=633, wrong=0, threshold=0.0),
        Stratum("launch, many sensors", acts=724, named=724, wrong=1, threshold=0.0),
    ),
)
