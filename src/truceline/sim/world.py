"""A world as its WORLD.toml describes it: frozen records, one a section, whose fields are the file's keys.

Every number may be fixed or drawn by the seed between two bounds, so one file stands for many worlds of a kind.
"""

# ruff: noqa: RUF009  (span() and its like declare fields, as dataclasses.field does)

from dataclasses import dataclass, field

from truceline.sim.keys import Span, choice, flag, span, text, whole, words

PROVIDERS = ("aland", "borea", "cordia", "delmar", "elantis", "fenmark", "galdor", "hestia")
WEAPONS = ("mortar_82mm", "mortar_120mm", "howitzer_122mm", "howitzer_152mm", "mlrs_122mm", "mlrs_220mm")
LIES = ("mirrored", "shifted", "delayed", "turned", "fabricated", "silent", "adaptive")
MAPS = ("honest", "lying", "gap", "old")
DECEPTIONS = (
    "infiltration", "staged", "loudspeaker", "decoy", "near_line", "notice_place", "notice_time", "notice_count",
    "notice_yield",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Site:
    """[place]: where on the globe the line of contact runs, and how."""

    lon_deg: Span = span((-160, 160), "degrees", "longitude of the middle of the line", least=-180, most=180)
    lat_deg: Span = span((-60, 66), "degrees", "latitude of the middle of the line", least=-75, most=75)
    line_azimuth_deg: Span = span((0, 360), "degrees", "where the line leads, from true north", most=360)
    length_km: Span = span(50, "km", "length of the stretch that is watched", least=1, most=3000)
    wave_km: Span = span((0.8, 1.6), "km", "how far the line wanders off its course (root mean square)", most=50)
    wave_length_km: Span = span((15, 45), "km", "length of the line's bends", least=1, most=1000)
    reflected: bool = flag(False, "mirror the finished world about the equator: an exact reflection of the ground")


@dataclass(frozen=True, kw_only=True)
class Period:
    """[period]: when."""

    first_day: str = text("2026-01-01", "first day on which the world may begin, as YYYY-MM-DD")
    days: int = whole(365, "the world begins on a whole hour within so many days from the first", least=1, most=3660)
    hours: Span = span(2, "h", "how long it lasts", least=0.05, most=240)


@dataclass(frozen=True, kw_only=True)
class Parties:
    """[parties]: who signed. Their order says which side they hold: the first the right-hand side of the line."""

    names: tuple[str, ...] = words("names of the parties; none: drawn by the seed")
    count: int = whole(2, "how many, if no names are given", least=2, most=6)


@dataclass(frozen=True, kw_only=True)
class AirKeys:
    """[air]: the true air."""

    temperature_c: Span = span((-12, 30), "°C", "at the ground", least=-60, most=55)
    temperature_trend_c_per_h: Span = span((-0.4, 0.4), "°C/h", "its change", least=-10, most=10)
    wind_mps: Span = span((0, 10), "m/s", "mean wind near the ground", most=40)
    wind_azimuth_deg: Span = span((0, 360), "degrees", "where the air moves to", most=360)
    wind_drift_mps: Span = span(0.3, "m/s", "change from hour to hour, each component (one sigma)", most=20)
    wind_steps: bool = flag(False, "draw the wind anew on each hour, strength and direction: it steps")
    shear_mps_per_km: Span = span(0, "m/s per km", "growth of the wind with height", most=60)
    veer_deg_per_km: Span = span(0, "degrees per km", "turn of the wind with height", least=-180, most=180)
    lapse_c_per_km: Span = span(0, "°C per km", "fall of the temperature with height", least=-40, most=40)
    gradient_mps_per_100km: Span = span(0, "m/s per 100 km", "regional change of the wind", most=40)
    gust_mps: Span = span(0, "m/s", "gusts, each component (one sigma)", most=20)
    gust_km: Span = span(12, "km", "size of a gust", least=0.5, most=500)
    gust_min: Span = span(12, "min", "life of a gust", least=0.5, most=600)
    path_share: Span = span(0.004, "", "scatter of each path's travel time, as a share of it", most=0.2)
    arc_share: Span = span(0.02, "", "mean height of a path over its length", most=0.2)


@dataclass(frozen=True, kw_only=True)
class WeatherKeys:
    """[weather]: what weather.csv says of it."""

    places: int = whole(1, "weather places along the line; 0: no file", most=100)
    temperature_sigma_c: Span = span(1.5, "°C", "stated sigma", most=20)
    wind_sigma_mps: Span = span(1.5, "m/s", "stated sigma, each component", most=30)
    error_factor: Span = span(1, "", "true error over the stated one", most=10)
    shared_error: Span = span(0, "", "share of the error that all rows of a place have in common", most=1)
    blind: bool = flag(False, "the file knows no wind: it says zero with its sigma")


@dataclass(frozen=True, kw_only=True)
class TerrainKeys:
    """[terrain]: hills that stop light and dim sound."""

    relief_m: Span = span(0, "m", "height of the hills (one sigma); 0: a plain", most=2000)
    hill_km: Span = span(5, "km", "size of a hill", least=0.5, most=100)
    shadow_m: Span = span(60, "m", "depth below the crest that halves the range of hearing", least=1, most=2000)


@dataclass(frozen=True, kw_only=True)
class NetworkKeys:
    """[network]: who watches from where."""

    layout: str = choice(
        "both", ("both", "one-sided", "rows", "scenes"),
        "both sides of the line; one side only; three rows along it; separate scenes of a few arrays",
    )  # fmt: skip
    arrays: int = whole(60, "acoustic arrays", most=20000)
    posts: int = whole(30, "arrays close to the line, for small arms", most=20000)
    microphones: int = whole(40, "single microphones", most=20000)
    infrasound: int = whole(0, "infrasound arrays", most=2000)
    seismic: int = whole(6, "seismometers", most=2000)
    cameras: int = whole(12, "cameras", most=2000)
    patrols: int = whole(6, "patrols of people", most=2000)
    satellites: int = whole(1, "satellites that see fires", most=10)
    depth_km: Span = span(4.5, "km", "usual distance of an array from the line", least=0.1, most=100)
    back_km: Span = span((4, 20), "km", "distance from the line if one-sided", most=100)
    row_km: Span = span(12, "km", "spacing of nodes and of the three rows", least=1, most=100)
    array_share: Span = span(0.3, "", "share of the rows' nodes that are arrays", most=1)
    scene_km: Span = span((12, 70), "km", "distance of a scene's arrays from its event", least=0.5, most=300)
    scene_fan_deg: Span = span(360, "degrees", "sector in which a scene's arrays stand", least=1, most=360)
    providers: tuple[str, ...] = words("providers, in order", default=PROVIDERS[:5])
    grouped: bool = flag(False, "write interest groups of two providers each into mission.toml")
    described: bool = flag(False, "give each sensor vendor, path, time_source and host")
    time_sigma_s: Span = span(0.02, "s", "stated sigma of an array's or microphone's time", most=10)
    azimuth_sigma_deg: Span = span(1.5, "degrees", "stated sigma of an array's azimuth", least=0.01, most=90)
    infrasound_azimuth_deg: Span = span(2.5, "degrees", "the same of an infrasound array", least=0.01, most=90)
    error_factor: Span = span(1, "", "true error of time and azimuth over the stated one", most=20)


@dataclass(frozen=True, kw_only=True)
class HearingKeys:
    """[hearing]: how far things carry. Ranges are those at which half is detected, for an array in still air."""

    factor: Span = span((0.85, 1.35), "", "how far sound carries in this world", least=0.01, most=100)
    outgoing_km: Span = span(9, "km", "muzzle blast or launch", most=500)
    impact_km: Span = span(10.8, "km", "impact, or any explosion", most=500)
    burst_km: Span = span(1.3, "km", "burst of small arms", most=500)
    thunder_km: Span = span(10, "km", "thunder", most=500)
    demolition_km: Span = span(11, "km", "controlled demolition", most=500)
    quarry_km: Span = span(14, "km", "quarry blast", most=500)
    most: Span = span(0.99, "", "probability to detect at no distance", most=1)
    width_share: Span = span(0.13, "", "width of the fall of detection, as a share of the range", most=2)
    width_km: Span = span(0, "km", "the same as a fixed width; 0: by the share", most=50)
    wind_share_per_mps: Span = span(0.05, "per m/s", "growth of the range downwind (loss upwind)", most=0.5)
    event_sigma: Span = span(0, "", "spread of the range from place of fire to place of fire (log)", most=2)
    microphone_factor: Span = span(0.55, "", "range of a single microphone over an array's", most=5)
    infrasound_factor: Span = span(3, "", "range of an infrasound array over an acoustic one's", most=20)
    seismic_km: Span = span(10.5, "km", "range of a seismometer for impacts", most=500)
    camera_km: Span = span(8.5, "km", "how far a camera sees a flash", most=500)
    camera_probability: Span = span(0.5, "", "share of flashes in view that it catches", most=1)
    patrol_km: Span = span(5.5, "km", "how far a patrol hears", most=500)
    patrol_probability: Span = span(0.4, "", "share of what it hears that it reports", most=1)


@dataclass(frozen=True, kw_only=True)
class FireKeys:
    """[fire]: who shoots what."""

    plan: str = choice(
        "batteries", ("batteries", "scattered", "scenes"),
        "batteries with impacts; many single rounds and salvos along the line; one round a scene",
    )  # fmt: skip
    batteries: Span = span(6, "", "batteries that fire", most=5000)
    guns: Span = span((2, 6), "", "guns of a battery", least=1, most=50)
    rounds: Span = span((2, 8), "", "rounds a gun", least=1, most=200)
    weapons: tuple[str, ...] = words(
        "what the batteries have", WEAPONS, ("mortar_120mm", "howitzer_152mm", "mlrs_122mm")
    )
    depth_km: Span = span((1.5, 9), "km", "battery behind the line", most=100)
    beyond_km: Span = span((0.8, 7.5), "km", "target beyond the line", most=100)
    impact_sigma_m: Span = span(150, "m", "scatter of impacts, each axis", most=5000)
    unseen_impacts: Span = span(8, "", "single impacts whose launch nobody can hear", most=50000)
    small_arms: Span = span(60, "", "bursts of small arms near the line", most=50000)
    small_arms_km: Span = span((0.02, 1.1), "km", "distance of small arms from the line", most=50)
    stray_share: Span = span(0.05, "", "share of bursts fired from just beyond the line", most=1)
    events: int = whole(2000, "plan scattered or scenes: events kept", least=1, most=200000)
    salvo_share: Span = span(0.6, "", "plan scattered: share of events in salvos", most=1)
    salvo_rounds: int = whole(6, "plan scattered: rounds of a salvo", least=1, most=1000)
    salvo_gap_s: Span = span((4, 15), "s", "plan scattered: time between rounds", most=3600)
    salvo_sigma_m: Span = span(150, "m", "plan scattered: scatter of a salvo's rounds, each axis", most=5000)
    off_km: Span = span(7, "km", "plan scattered or scenes: distance from the line (one sigma)", most=200)
    least_arrivals: int = whole(0, "keep only events that so many sensors heard")


@dataclass(frozen=True, kw_only=True)
class NatureKeys:
    """[nature]: what else sounds, burns or only seems to."""

    thunder: Span = span(25, "", "strokes of one thunderstorm", most=10000)
    thunder_min: Span = span((20, 30), "min", "how long it lasts", least=0.1, most=1000)
    thunder_km: Span = span(6.5, "km", "its size (one sigma)", most=200)
    quarries: Span = span(2, "", "quarry blasts", most=1000)
    quarry_km: Span = span((9, 16), "km", "quarry from the line", most=200)
    fires: Span = span((10, 15), "", "farm fires seen from space", most=10000)
    clutter_per_h: Span = span(1.6, "per h", "false arrivals of each acoustic sensor", most=10000)
    clutter_share: Span = span(0, "", "false arrivals as a share of the true ones, instead", most=20)


@dataclass(frozen=True, kw_only=True)
class NoticeKeys:
    """[notices]: demining that was announced."""

    demining: Span = span(4, "", "announced works", most=1000)
    blasts: Span = span(1, "", "blasts of each", least=0, most=100)
    off_km: Span = span((0.4, 5), "km", "distance from the line", most=100)
    radius_m: Span = span(500, "m", "stated radius", most=50000)
    window_min: Span = span(60, "min", "stated span of time", least=1, most=10000)
    count: int = whole(2, "stated number of blasts", least=1)
    lead_h: Span = span(47.5, "h", "lodged so long before it begins", most=10000)
    yield_kg: Span = span(0, "kg", "stated yield; 0: none stated", most=100000)


@dataclass(frozen=True, kw_only=True)
class ClaimKeys:
    """[claims]: what parties allege against one another."""

    true_share: Span = span(0, "", "share of a party's fire that the other side alleges", most=1)
    twice_share: Span = span(0, "", "share of these that it alleges twice", most=1)
    false: Span = span(0, "", "allegations of each party about what never was", most=10000)
    off_m: Span = span(800, "m", "error of the alleged place, each axis (one sigma)", most=50000)
    off_s: Span = span(120, "s", "error of the alleged time (one sigma)", most=100000)
    radius_m: Span = span(1500, "m", "stated radius", most=100000)


@dataclass(frozen=True, kw_only=True)
class CraterKeys:
    """[craters]: what patrols read from craters: from where a round came."""

    share: Span = span(0, "", "share of impacts whose crater is looked at", most=1)
    readers: Span = span(2, "", "providers whose patrols look at it", least=1, most=8)
    sigma_deg: Span = span(8, "degrees", "error of a reading (one sigma), as stated", least=0.1, most=90)
    wrong_share: Span = span(0.01, "", "share of readings that are plainly wrong", most=1)
    delay_h: Span = span((1, 20), "h", "how long after it fell it is told", most=10000)


@dataclass(frozen=True, kw_only=True)
class FaultKeys:
    """[faults]: what is wrong with sensors that mean no harm."""

    wrong_clocks: int = whole(2, "clocks off by a constant", most=10000)
    clock_s: Span = span((1, 4), "s", "by how much, either way", most=10000)
    drifting_clocks: int = whole(0, "clocks that drift", most=10000)
    drift_s_per_h: Span = span((0.5, 2), "s/h", "how fast, either way", most=1000)
    stepping_clocks: int = whole(0, "clocks that jump once, by clock_s", most=10000)
    dead: int = whole(3, "sensors that die during the period", most=10000)
    deaf: int = whole(0, "sensors that hear less far", most=10000)
    deaf_factor: Span = span(0.35, "", "their range over a sound one's", most=1)
    turned: int = whole(0, "sensors whose azimuths are turned", most=10000)
    turned_deg: Span = span((8, 40), "degrees", "by how much, either way", most=180)
    inconsistent: int = whole(0, "sensors with errors far above their stated sigma", most=10000)
    inconsistent_s: Span = span(0.8, "s", "the true sigma of their time", most=100)
    inconsistent_deg: Span = span(15, "degrees", "the true sigma of their azimuth", most=180)


@dataclass(frozen=True, kw_only=True)
class ChannelKeys:
    """[channel]: how lines reach the centre."""

    delay_s: Span = span(0.2, "s", "least delay", most=100000)
    delay_mean_s: Span = span(1.1, "s", "mean of what comes on top", most=100000)
    late_share: Span = span(0.05, "", "share of lines that come late", most=1)
    late_s: Span = span((60, 1200), "s", "how late", most=1000000)
    status_s: Span = span(300, "s", "time between status lines; 0: none", most=1000000)
    snr: bool = flag(True, "give snr_db")
    labelled: bool = flag(True, "labels by the sensor's own ear; false: half outgoing, half impact")
    repeated_share: Span = span(0, "", "share of lines that come twice", most=1)
    conflicting_share: Span = span(0, "", "share of lines followed by another content under the same id", most=1)
    broken_share: Span = span(0, "", "share of lines followed by a line that cannot be used", most=1)


@dataclass(frozen=True, kw_only=True)
class Lie:
    """[[lie]]: providers that tell one story of their own. Their sensors' arrivals are computed anew for it."""

    kind: str = choice("mirrored", LIES, "see the page on lies and deceptions")
    liars: int = whole(1, "how many providers tell this story together, drawn by the seed", least=1, most=8)
    providers: tuple[str, ...] = words("the providers by name, instead")
    share: Span = span(1, "", "share of the events it touches", most=1)
    favours: int = whole(-1, "party, by its place in order from 0, whose fire is hidden; -1: all events", least=-1)
    shift_km: Span = span((1, 25), "km", "shifted: how far", most=200)
    across: bool = flag(True, "shifted: towards and over the line; false: any direction")
    delay_s: Span = span(90, "s", "delayed: by how much", most=100000)
    turn_deg: Span = span(25, "degrees", "turned: by how much", most=180)
    invented: Span = span(0, "", "events invented on top", most=10000)


@dataclass(frozen=True, kw_only=True)
class MapKeys:
    """[[map]]: a mapper's view of who holds which ground. None given: one exact map."""

    source: str = text("", "the mapper's name; needed if there are several")
    kind: str = choice(
        "honest", MAPS, "honest; lying (the line pushed); gap (a stretch left out); old (before advances)"
    )
    sigma_m: Span = span(300, "m", "stated sigma of the edge", most=20000)
    error_m: Span = span(0, "m", "true error of the edge (one sigma), smooth along the line", most=20000)
    push_km: Span = span((1, 4), "km", "lying: how far the line is pushed", most=100)
    towards: int = whole(-1, "lying: the side (0 or 1) that loses ground; -1: drawn", least=-1, most=1)
    stretch_share: Span = span(0.4, "", "lying, gap: share of the line's length that is touched", most=1)


@dataclass(frozen=True, kw_only=True)
class Deception:
    """[[deception]]: what parties do to be taken for others, or for nothing."""

    kind: str = choice("infiltration", DECEPTIONS, "see the page on lies and deceptions")
    count: int = whole(1, "how often", least=1, most=100000)
    party: int = whole(-1, "the deceiver, by its place in order from 0; -1: drawn each time", least=-1)


@dataclass(frozen=True, kw_only=True)
class Advance:
    """[[advance]]: the line moves: one party takes ground."""

    at_share: Span = span(0.5, "", "when, as a share of the period; 0: just before it", most=1)
    depth_km: Span = span((1, 3), "km", "how deep", most=50)
    stretch_share: Span = span(0.3, "", "share of the line's length", most=1)
    gainer: int = whole(-1, "the side (0 or 1) that gains; -1: drawn", least=-1, most=1)


@dataclass(frozen=True, kw_only=True)
class Spoof:
    """[[spoof]]: satellite time is false over a region: all its gnss clocks are off alike."""

    offset_s: Span = span((0.5, 4), "s", "by how much, either way", most=10000)
    stretch_share: Span = span(0.3, "", "share of the line's length", most=1)
    from_share: Span = span(0, "", "begins, as a share of the period", most=1)
    until_share: Span = span(1, "", "ends", most=1)


@dataclass(frozen=True, kw_only=True)
class World:
    """A whole WORLD.toml."""

    name: str
    family: str = "salvos"
    status: str = "exercise"
    place: Site = field(default_factory=Site)
    period: Period = field(default_factory=Period)
    parties: Parties = field(default_factory=Parties)
    air: AirKeys = field(default_factory=AirKeys)
    weather: WeatherKeys = field(default_factory=WeatherKeys)
    terrain: TerrainKeys = field(default_factory=TerrainKeys)
    network: NetworkKeys = field(default_factory=NetworkKeys)
    hearing: HearingKeys = field(default_factory=HearingKeys)
    fire: FireKeys = field(default_factory=FireKeys)
    nature: NatureKeys = field(default_factory=NatureKeys)
    notices: NoticeKeys = field(default_factory=NoticeKeys)
    claims: ClaimKeys = field(default_factory=ClaimKeys)
    craters: CraterKeys = field(default_factory=CraterKeys)
    faults: FaultKeys = field(default_factory=FaultKeys)
    channel: ChannelKeys = field(default_factory=ChannelKeys)
    lies: tuple[Lie, ...] = ()
    maps: tuple[MapKeys, ...] = ()
    deceptions: tuple[Deception, ...] = ()
    advances: tuple[Advance, ...] = ()
    spoofs: tuple[Spoof, ...] = ()


SECTIONS: dict[str, type] = {
    "place": Site, "period": Period, "parties": Parties, "air": AirKeys, "weather": WeatherKeys, "terrain": TerrainKeys,
    "network": NetworkKeys, "hearing": HearingKeys, "fire": FireKeys, "nature": NatureKeys, "notices": NoticeKeys,
    "claims": ClaimKeys, "craters": CraterKeys,
    "faults": FaultKeys, "channel": ChannelKeys,
}  # fmt: skip
LISTS: dict[str, tuple[str, type]] = {
    "lie": ("lies", Lie), "map": ("maps", MapKeys), "deception": ("deceptions", Deception),
    "advance": ("advances", Advance), "spoof": ("spoofs", Spoof),
}  # fmt: skip
