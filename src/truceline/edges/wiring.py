"""Builds everything once: the only place, besides sim, that names the plug-ins."""

from collections.abc import Mapping

from truceline.pipeline import Plugins
from truceline.sensors.acoustic import Acoustic
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import Infrasound
from truceline.sensors.optical import Optical
from truceline.sensors.seismic import Seismic
from truceline.terms.contract import Kind
from truceline.terms.provisions.no_fire import NoFire
from truceline.terms.provisions.notify import Notify


def kinds() -> Mapping[str, Kind]:
    """Every kind of provision, by name."""
    known: tuple[Kind, ...] = (NoFire(), Notify())
    return {kind.name: kind for kind in known}


def plugins() -> Plugins:
    """What the pipeline is built of."""
    sensings: tuple[Sensing, ...] = (Acoustic(), Seismic(), Optical())
    return Plugins(sensings=sensings, infrasound=Infrasound(), kinds=kinds())
