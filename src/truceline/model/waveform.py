"""What an instrument recorded: evenly spaced samples of one channel."""

from dataclasses import dataclass

from truceline.model.instant import US_PER_S, Instant

BYTES_A_SAMPLE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """One channel without a gap.

    channel: NETWORK.STATION.LOCATION.CHANNEL, as the instrument says. start_us: the first sample, by its clock.
    samples: IEEE float64, little-endian, in the instrument's own units. lon, lat: WGS84 degrees, where the file says
    so.
    """

    channel: str
    start_us: Instant
    rate_hz: float
    samples: bytes
    lon: float | None = None
    lat: float | None = None
    height_m: float | None = None

    @property
    def count(self) -> int:
        return len(self.samples) // BYTES_A_SAMPLE

    @property
    def end_us(self) -> Instant:
        """When the next sample would come."""
        return self.start_us + round(self.count * US_PER_S / self.rate_hz)
