"""What the inference says of each sensor: well, or what is wrong with it and how that is known."""

from collections import defaultdict

import numpy as np

from truceline.fusion.columns import Channels
from truceline.fusion.epoch import EPOCH_S, EpochFit
from truceline.model.event import SensorHealth
from truceline.model.instant import US_PER_S, Instant
from truceline.sensors.contract import Floats

SURE = 0.9  # existence of the events that a sensor is measured by
LEAST_EXPECTED = 6.0
DEAF_SHARE = 0.15
ODD_SHARE, LEAST_ODD = 0.6, 6  # of a sensor's arrivals that belong to nothing others heard
INVENTS = 0.2  # inventions for each real event, from which a provider disagrees with all others


def sensor_health(channels: Channels, base_us: Instant, fit: EpochFit) -> tuple[SensorHealth, ...]:
    """One record a sensor for the epoch that begins at base_us, in order of sensor."""
    expected, shared, unexplained = _counts(fit)
    clocks, turns = fit.beliefs.clocks, fit.beliefs.turns
    records = []
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, sensor in enumerate(channels.sensor):
        rows_of[sensor].append(row)
    for sensor, rows in sorted(rows_of.items()):
        row = max(rows, key=lambda r: (abs(clocks.offset_s[r]), abs(turns.offset_rad[r]), shared[r]))
        total, got, odd = (float(sum(column[r] for r in rows)) for column in (expected, shared, unexplained))
        provider = channels.providers[channels.provider[row]]
        invented = float(fit.existence.invented[channels.provider[row]])
        state, reasons = _state(fit, row, total, got, odd, invented, provider)
        records.append(
            SensorHealth(
                sensor=sensor,
                provider=provider,
                from_us=base_us,
                until_us=base_us + round(EPOCH_S) * US_PER_S,
                state=state,
                clock_offset_s=round(float(clocks.offset_s[row]), 3) if clocks.offset_s[row] else None,
                clock_offset_sigma_s=round(float(clocks.sigma_s[row]), 3) if clocks.offset_s[row] else None,
                azimuth_offset_deg=round(float(np.degrees(turns.offset_rad[row])), 1)
                if turns.offset_rad[row]
                else None,
                arrivals_shared=int(got),
                arrivals_expected=round(total, 1),
                reasons=reasons,
            )
        )
    return tuple(records)


def _counts(fit: EpochFit) -> tuple[Floats, Floats, Floats]:
    """(channels,) arrivals expected of sure events, arrivals shared with them, arrivals that belong to nothing sure."""
    count = len(fit.scene.channels)
    sure = fit.existence.probability >= SURE
    reading = fit.reading
    chance = fit.scene.detectability(
        reading.predicted.distance_m, reading.channel, reading.reach_m[reading.source]
    ) * sure[reading.source]  # fmt: skip
    expected = np.bincount(reading.channel, chance, count)
    belongs = sure[fit.source]
    channel = fit.scene.picks.channel
    shared = np.bincount(channel[fit.pick[belongs]], minlength=count)
    return np.asarray(expected), shared.astype(float), np.bincount(channel, minlength=count) - shared.astype(float)


def _state(
    fit: EpochFit, row: int, expected: float, shared: float, odd: float, invented: float, provider: str
) -> tuple[str, tuple[str, ...]]:
    clocks, turns = fit.beliefs.clocks, fit.beliefs.turns
    if clocks.offset_s[row]:
        late = f"its clock shows {clocks.offset_s[row]:+.2f} s, by {clocks.shared[row]} arrivals shared with others"
        return "wrong_clock", (late,)
    if turns.offset_rad[row]:
        turn = f"its azimuths are turned by {np.degrees(turns.offset_rad[row]):+.1f}°, by {turns.shared[row]} arrivals"
        return "misoriented", (turn,)
    deaf = (fit.scene.deaf_from_s[row] < EPOCH_S) & (fit.scene.deaf_until_s[row] > EPOCH_S)
    if deaf.any():
        return "dead", ("it gave no sign of life when one was due, or said itself that it could not hear",)
    if expected >= LEAST_EXPECTED and shared < DEAF_SHARE * expected:
        return "deaf", (f"it heard {shared:.0f} of {expected:.0f} arrivals that it should have heard",)
    if invented > INVENTS:
        return "inconsistent", (f"{provider} reports events that all others should have heard and did not",)
    if odd >= LEAST_ODD and odd > ODD_SHARE * (odd + shared) and expected >= LEAST_EXPECTED:
        return "inconsistent", (f"{odd:.0f} of its {odd + shared:.0f} arrivals belong to nothing that others heard",)
    return "well", ()
