"""Inputs of a store as GeoParquet 1.1, for GIS programs and tables (needs the extra `parquet`).

entry, kind, id, sha256     as in the log; sha256 of what the log proves (of an envelope, if it lies in one)
sensor, time                of a line that says them; time in microseconds, UTC
data                        the input as received
geometry                    the point that it names (lon, lat, or at), WGS84 longitude and latitude, as WKB
"""

import json
from collections.abc import Sequence
from importlib import import_module
from io import BytesIO
from typing import Any

import msgspec
from shapely import Point, to_wkb

from truceline.custody.reading import decode
from truceline.edges.store.door import Kept
from truceline.model.instant import parse_utc
from truceline.model.problem import Place, Problem, Unusable

VERSION = "1.1.0"


class _Line(msgspec.Struct):
    sensor: str | None = None
    time: str | None = None
    lon: float | None = None
    lat: float | None = None
    at: tuple[float, float] | None = None


def geoparquet(inputs: Sequence[Kept]) -> bytes:
    """The file; the same inputs by the same version of pyarrow give the same bytes. Raises Unusable without pyarrow."""
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        remedy = "install the extra: pip install 'truceline[parquet]'; or write NDJSON"
        raise Unusable([Problem(Place("--out"), "pyarrow is not installed", remedy)]) from None
    lines = [_line(kept.data) for kept in inputs]
    points = [_point(line) for line in lines]
    columns = {
        "entry": arrow.array([kept.index for kept in inputs], arrow.int64()),
        "kind": arrow.array([kept.entry.kind for kept in inputs], arrow.string()),
        "id": arrow.array([kept.entry.id for kept in inputs], arrow.string()),
        "sha256": arrow.array([kept.entry.sha256 for kept in inputs], arrow.string()),
        "sensor": arrow.array([line.sensor for line in lines], arrow.string()),
        "time": arrow.array([_time(line) for line in lines], arrow.timestamp("us", "UTC")),
        "data": arrow.array([kept.data for kept in inputs], arrow.binary()),
        "geometry": arrow.array([to_wkb(one) if one else None for one in points], arrow.binary()),
    }
    table = arrow.table(columns).replace_schema_metadata({"geo": json.dumps(_geo(points), sort_keys=True)})
    out = BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _geo(points: Sequence[Point | None]) -> dict[str, Any]:
    """The metadata that GeoParquet asks for; without a crs it is longitude and latitude (OGC:CRS84)."""
    there = [one for one in points if one is not None]
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if there:
        lons, lats = [one.x for one in there], [one.y for one in there]
        column["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return {"version": VERSION, "primary_column": "geometry", "columns": {"geometry": column}}


def _line(data: bytes) -> _Line:
    try:
        return decode(data, _Line)
    except ValueError:
        return _Line()


def _point(line: _Line) -> Point | None:
    lon, lat = (line.lon, line.lat) if line.at is None else line.at
    if lon is None or lat is None or not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        return None
    return Point(lon, lat)


def _time(line: _Line) -> int | None:
    try:
        return parse_utc(line.time) if line.time is not None else None
    except ValueError:
        return None
