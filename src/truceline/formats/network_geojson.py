"""network.geojson of contract 1: one Point feature a sensor → Network.

properties: id, kind, provider, time_sigma_s, azimuth_sigma_deg?, position_sigma_m?, from?, until?, vendor?,
            path?, time_source?, host?, supplied_by?, accepted_at?
"""

from truceline.formats import geojson
from truceline.model.network import Network, Sensor
from truceline.model.problem import Place, Problem, Unusable


def read_network(file: str, data: bytes) -> Network:
    """All sensors. Raises Unusable with every fault: a network half understood would mislead."""
    problems: list[Problem] = []
    sensors: dict[str, Sensor] = {}
    for feature in geojson.features(file, data):
        sensor = _sensor(feature)
        problems += feature.fields.problems
        if sensor.id and sensor.id in sensors:
            problems.append(
                Problem(
                    Place(file, feature=sensor.id, field="id"),
                    f"sensor {sensor.id!r} stands twice",
                    "give each its own id",
                )
            )
        sensors[sensor.id] = sensor
    if not sensors:
        problems.append(Problem(Place(file), "the network has no sensor", "add one Point feature for each"))
    if any(problem.fatal for problem in problems):
        raise Unusable(problems)
    return Network(tuple(sensors[id_] for id_ in sorted(sensors)))


def _sensor(feature: geojson.Feature) -> Sensor:
    fields = feature.fields
    lon, lat, height = geojson.point(feature)
    start, end = fields.span()
    return Sensor(
        id=fields.text("id"),
        kind=fields.text("kind"),
        provider=fields.text("provider"),
        lon=lon,
        lat=lat,
        height_m=height,
        time_sigma_s=fields.number("time_sigma_s", least=0.0, most=1e7),
        azimuth_sigma_deg=fields.number_or_none("azimuth_sigma_deg", above=0.0, most=360.0),
        position_sigma_m=fields.number_or_none("position_sigma_m", above=0.0, most=1e7),
        from_us=start,
        until_us=end,
        vendor=fields.text_or_none("vendor"),
        path=fields.text_or_none("path"),
        time_source=fields.text_or_none("time_source"),
        host=fields.text_or_none("host"),
        supplied_by=fields.text_or_none("supplied_by"),
        accepted_us=fields.instant_or_none("accepted_at"),
    )
