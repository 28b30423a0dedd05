"""The air as a medium: physics that every kind of sensing through the air shares."""

import numpy as np

from truceline.sensors.contract import Floats


def sound_speed(temperature_c: Floats) -> Floats:
    """Speed of sound in dry air, m/s (ideal gas: 331.3 m/s at 0 °C; Cramer 1993, JASA 93, 2510)."""
    return np.asarray(331.3 * np.sqrt(1.0 + temperature_c / 273.15))


def sound_speed_rate(temperature_c: Floats) -> Floats:
    """Change of the speed of sound by temperature, m/s per degree."""
    return np.asarray(331.3 / (2.0 * 273.15 * np.sqrt(1.0 + temperature_c / 273.15)))
