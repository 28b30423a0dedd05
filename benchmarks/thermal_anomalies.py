"""How weak thermal anomalies are as evidence: how often one lies near a place and moment that mean nothing.

    python benchmarks/thermal_anomalies.py

Places are drawn within 20 km of a line through the box, moments over the period. An anomaly near such a place within
hours is a coincidence: a shelling must be seen more often than that for its anomaly to say anything.
"""

import gzip
from pathlib import Path

import numpy as np

from truceline.formats.firms_csv import read_firms
from truceline.model.feed import Sender
from truceline.model.observation import Fix

DATA = Path(__file__).parents[1] / "tests" / "data" / "firms" / "viirs_2023.csv.gz"
LINE = np.array([(36.0, 47.4), (37.0, 47.75), (37.6, 48.0), (38.0, 48.6), (38.1, 49.2)])
SPREAD_DEG = 0.18  # 20 km
DRAWS = 200_000
DAY_S = 86_400.0


def main() -> int:
    found = read_firms("viirs", gzip.decompress(DATA.read_bytes()), 0, Sender(sensor="viirs", time_sigma_s=30.0))
    fixes = [seen for seen in found.observations if isinstance(seen, Fix)]
    lon, lat = np.array([fix.lon for fix in fixes]), np.array([fix.lat for fix in fixes])
    when = np.array([fix.time_us for fix in fixes]) / 1e6
    chance = np.random.default_rng(7)
    share = chance.uniform(0, len(LINE) - 1, DRAWS)
    whole = share.astype(int)
    at = LINE[whole] + (share - whole)[:, None] * (LINE[whole + 1] - LINE[whole])
    at = at + chance.uniform(-SPREAD_DEG, SPREAD_DEG, at.shape)
    moment = chance.uniform(when.min(), when.max(), DRAWS)
    print(f"{len(fixes)} anomalies in {(when.max() - when.min()) / DAY_S:.0f} days")
    print("| within | next 6 h | next 12 h | next 24 h |\n|---|---|---|---|")
    for km in (0.5, 1.0, 3.0):
        held = []
        for hours in (6, 12, 24):
            near = np.zeros(DRAWS, bool)
            for x, y, t in zip(lon, lat, when, strict=True):
                soon = (moment <= t) & (moment > t - hours * 3_600.0)
                dx = (at[soon, 0] - x) * 111.2 * np.cos(np.radians(y))
                near[np.flatnonzero(soon)[np.hypot(dx, (at[soon, 1] - y) * 111.2) <= km]] = True
            held.append(f"{near.mean():.5f}")
        print(f"| {km:g} km | {' | '.join(held)} |")
    months = np.array([np.datetime64(int(t), "s").astype("datetime64[M]").astype(int) % 12 + 1 for t in when])
    print("by month:", {int(m): int(np.count_nonzero(months == m)) for m in np.unique(months)})
    cell = np.unique(np.c_[np.round(lon, 2), np.round(lat, 2)], axis=0, return_counts=True)[1]
    print(
        f"share of anomalies in cells of 1 km that burnt three times or more: {cell[cell >= 3].sum() / len(fixes):.2f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
