"""Builds everything once: the only place, besides sim, that names the plug-ins."""

from truceline.edges.wiring_terms import kinds
from truceline.findings.calibrated import CALIBRATION
from truceline.pipeline import Plugins
from truceline.sensors.acoustic import Acoustic
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import Infrasound
from truceline.sensors.optical import Optical
from truceline.sensors.seismic import Seismic

__all__ = ["kinds", "plugins"]


def plugins() -> Plugins:
    """What the pipeline is built of."""
    sensings: tuple[Sensing, ...] = (Acoustic(), Seismic(), Optical())
    return Plugins(sensings=sensings, infrasound=Infrasound(), kinds=kinds(), calibration=CALIBRATION)
