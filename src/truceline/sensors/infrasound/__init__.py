"""Infrasound over hundreds of kilometres: sound below hearing, carried by ducts of the atmosphere.

Nobody knows which duct an arrival took. Celerity (distance over travel time) is therefore a distribution: a
mixture over tropospheric, stratospheric and thermospheric returns, normal in reciprocal celerity. Means and sigmas
are those of the range–celerity model of Blom, Marcillo & Arrowsmith (2015, Geophys. J. Int. 203, 1682, "Improved
Bayesian infrasonic source localization for regional infrasound"), after Modrak et al. (2010). Their shares suit a
global average in which most returns are thermospheric; season and wind turn them about, so the three ducts are
taken to be equally likely until a mission knows better.
Winds across the path turn the wavefront by a few degrees (Le Pichon et al. 2005, JGR 110, D23107).
"""

from dataclasses import dataclass, field

import numpy as np

from truceline.sensors.contract import Floats
from truceline.sensors.infrasound.direct import Direct

# share, mean and sigma of reciprocal celerity in s/km
PHASES = ((1 / 3, 1 / 0.327, 0.066), (1 / 3, 1 / 0.293, 0.08), (1 / 3, 1 / 0.26, 0.33))
LEAST_SLOWNESS, MOST_SLOWNESS = 1 / 0.36, 1 / 0.21  # s/km; nothing comes faster or slower


@dataclass(frozen=True)
class Infrasound:
    """How infrasound travels over regional distances, and how probably an array catches it."""

    name: str = "infrasound"
    sensor_kinds: frozenset[str] = frozenset({"infrasound_array"})
    reach_km: float = 2_000.0
    caught: float = 0.5  # probability that an array within reach catches a source that others caught
    turn_sigma_deg: float = 2.5  # by winds across the path
    time_sigma_s: float = 10.0  # of picking an emergent arrival
    direct: Direct = field(default_factory=Direct)  # how it travels where no duct has brought it back yet

    def log_density(self, travel_s: Floats, distance_km: Floats) -> Floats:
        """Log probability density (per second) of a travel time over a distance; −inf where impossible."""
        travel, distance = np.broadcast_arrays(travel_s, np.maximum(distance_km, 1.0))
        slowness = travel / distance
        possible = (slowness > LEAST_SLOWNESS) & (slowness < MOST_SLOWNESS)  # a small part of what is asked, mostly
        slowness, distance = slowness[possible], distance[possible]
        total = np.zeros(len(slowness))
        for share, mean, sigma in PHASES:
            wide = np.hypot(sigma, self.time_sigma_s / distance)
            total += share * np.exp(-0.5 * ((slowness - mean) / wide) ** 2) / (wide * np.sqrt(2 * np.pi))
        found = np.full(possible.shape, -np.inf)
        with np.errstate(divide="ignore"):
            found[possible] = np.log(total / distance)
        return found

    def most_log_density(self, distance_km: Floats) -> Floats:
        """What the log probability density of a travel time over a distance never exceeds."""
        distance = np.maximum(distance_km, 1.0)
        peaks = [share / np.hypot(sigma, self.time_sigma_s / distance) for share, _, sigma in PHASES]
        return np.asarray(np.log(np.sum(peaks, axis=0) / np.sqrt(2 * np.pi) / distance))
