"""GeoJSON features that turn into data frames."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import geopandas
    import pandas

TIMES = ("time", "from", "until")


class Feature(msgspec.Struct, frozen=True):
    """One record of contract 1."""

    geometry: dict[str, Any]
    properties: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.properties["id"])


class Features(Sequence[Feature]):
    """Records in order of time."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self._features = tuple(features)

    def __getitem__(self, index: Any) -> Any:
        found = self._features[index]
        return Features(found) if isinstance(index, slice) else found

    def __len__(self) -> int:
        return len(self._features)

    def __iter__(self) -> Iterator[Feature]:
        return iter(self._features)

    def frame(self) -> "pandas.DataFrame":
        """A pandas frame, one row a record: nested fields by dotted names, times as times, lon and lat (degrees) of
        points. Needs pandas."""
        import pandas  # noqa: PLC0415 (an extra)

        rows = []
        for one in self._features:
            row = _flat(one.properties)
            if one.geometry["type"] == "Point":
                row["lon"], row["lat"] = one.geometry["coordinates"][:2]
            rows.append(row)
        made = pandas.DataFrame(rows)
        for name in TIMES:
            if name in made:
                made[name] = pandas.to_datetime(made[name], utc=True, format="ISO8601")
        return made

    def geo_frame(self) -> "geopandas.GeoDataFrame":
        """The same as a GeoPandas frame in WGS84. Needs geopandas."""
        import geopandas  # noqa: PLC0415 (an extra)
        import shapely.geometry  # noqa: PLC0415

        shapes = [shapely.geometry.shape(one.geometry) for one in self._features]
        return geopandas.GeoDataFrame(self.frame(), geometry=shapes, crs="EPSG:4326")


def _flat(properties: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in properties.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
