"""Registers kept beside findings: notices, restrictions, weapons in storage and out of it, damage."""

from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant
from truceline.model.network import Sensor
from truceline.model.observation import Damage, Fix, InspectedItem, Inspection, Observation, Restriction
from truceline.terms.facts import Facts
from truceline.terms.prepare import Prepared, prepare
from truceline.terms.registers.harm import casualties, harm_register
from truceline.terms.registers.movement import by_side, movement_register
from truceline.terms.registers.notices import NoticeEntry, notices_register
from truceline.terms.registers.storage import weapons_register

from .agreements import worked
from .making import INSIDE, KINDS, NOON, agreement, beside, event, notice

DAY = 24 * US_PER_HOUR
MINSK = worked("minsk-2").agreement
JUNE = MINSK.in_force_from_us + 110 * DAY
POST = Sensor(id="post", kind="patrol", provider="aland", lon=30.0, lat=50.0, time_sigma_s=1.0, host="teal")


def common(id_: str, when: Instant, at: tuple[float, float] | None = None) -> dict[str, object]:
    return {
        "id": id_,
        "sensor": "post",
        "time_us": when,
        "time_sigma_s": 1.0,
        "received_us": when,
        "digest": "",
        "at": at,
    }


def notices(**changes: object) -> tuple[NoticeEntry, ...]:
    events = tuple(event(f"E-{n}", time_us=NOON + n * US_PER_S, explosion=1.0) for n in (1, 2, 3))
    filed = (notice(**changes),)  # type: ignore[arg-type]
    prepared = prepare(agreement(), KINDS, Facts(events=events, notices=filed))
    return notices_register(prepared, filed)


def test_a_notice_in_time_and_more_than_it_declared() -> None:
    (entry,) = notices(count=2)
    assert (entry.reception, entry.provision, entry.used_by, entry.beyond) == (
        "in_time",
        "A2",
        ("E-1", "E-2"),
        ("E-3",),
    )
    assert entry.more_than_declared
    assert (
        entry.words
        == "notice N-1 was received 25 h before its start, of 2; 2 events covered; 1 event more than declared"
    )


def test_a_late_notice_covers_nothing() -> None:
    (entry,) = notices(hours_before=23.0)
    assert (entry.reception, entry.used_by) == ("late", ())
    assert entry.words == "notice N-1 came 60 min too late: 24 h before its start are asked"


def test_a_notice_too_broad_covers_nothing() -> None:
    from .making import TERMS

    narrow = agreement(
        TERMS.replace("notice_hours = 24", "notice_hours = 24\nmost_radius_m = 400\nmost_hours = 2\nmost_count = 5")
    )

    def reception(**changes: object) -> tuple[str, str]:
        filed = (notice(**changes),)  # type: ignore[arg-type]
        (entry,) = notices_register(prepare(narrow, KINDS, Facts(notices=filed)), filed)
        return entry.reception, entry.words.removeprefix("notice N-1 ")

    assert reception(radius_m=400.0)[0] == "in_time"
    assert reception() == ("too_broad", "is too broad: it says a radius of 500 m; 400 m are allowed")
    assert reception(radius_m=1.0, until_us=NOON + 3 * US_PER_HOUR)[1] == "is too broad: it says 3 h; 2 h are allowed"
    assert reception(radius_m=1.0, count=None)[1] == "is too broad: it says no number; 5 are allowed"


def test_a_notice_that_no_article_asks_for_is_kept_all_the_same() -> None:
    filed = (notice(activity="fire"),)
    (entry,) = notices_register(prepare(agreement(), KINDS, Facts(notices=filed)), filed)
    assert (entry.reception, entry.words) == ("no_article", "no article in force for amber speaks of notices of fire")


def test_restrictions_by_side_and_kind() -> None:
    seen: list[Observation] = [
        Restriction(**common("R-2", NOON + 1), what="probable jamming of a UAV"),  # type: ignore[arg-type]
        Restriction(**common("R-1", NOON), what="denied passage", who="amber"),  # type: ignore[arg-type]
        Restriction(**common("R-3", NOON + 2), what="waited an hour", who="a man in a hat"),  # type: ignore[arg-type]
    ]
    register = movement_register(seen, [POST], ("amber", "teal"))
    assert [(one.id, one.kind, one.side, one.said) for one in register] == [
        ("R-1", "denied", "amber", True),
        ("R-2", "probable_jamming", "teal", False),
        ("R-3", "delayed", "teal", False),
    ]
    assert by_side(register) == {("amber", "denied"): 1, ("teal", "delayed"): 1, ("teal", "probable_jamming"): 1}
    assert [one.side for one in movement_register(seen, [], ("amber", "teal"))] == ["amber", "", ""]


def seen(*observations: Observation) -> Prepared:
    return prepare(MINSK, KINDS, Facts(observations=observations))


def inspection(id_: str, when: Instant, found: int, access: str = "granted") -> Inspection:
    items = (InspectedItem("122mm howitzer (D-30)", 6, found),)
    return Inspection(**common(id_, when), site="store-ordlo", items=items, access=access)  # type: ignore[arg-type]


def test_statuses_of_what_is_stored() -> None:
    visits = (
        inspection("I-1", JUNE, 4),
        inspection("I-2", JUNE + 7 * DAY, 4),
        inspection("I-3", JUNE + 14 * DAY, 6),
        inspection("I-4", JUNE + 21 * DAY, 5),
        inspection("I-5", JUNE + 28 * DAY, 6, "denied"),
        inspection("I-6", JUNE + 35 * DAY, 6, "site abandoned"),
        inspection("I-7", JUNE + 42 * DAY, 2, "partial: gates closed to one hall"),
    )
    entries = [one for one in weapons_register(seen(*visits)) if one.provision == "artillery"]
    assert [(one.id, one.status, one.number) for one in entries] == [
        ("I-1", "missing", (2, 2)),
        ("I-1", "verified", (4, 4)),
        ("I-2", "again_missing", (2, 2)),
        ("I-2", "verified", (4, 4)),
        ("I-3", "verified", (6, 6)),
        ("I-4", "missing", (1, 1)),
        ("I-4", "verified", (5, 5)),
        ("I-5", "access_denied", None),
        ("I-6", "abandoned", None),
        ("I-7", "access_denied", None),
    ]
    assert {one.party for one in entries} == {"ordlo"}


def fix(id_: str, at: tuple[float, float], weapon: str, when: Instant = JUNE) -> Fix:
    return Fix(**common(id_, when), lon=at[0], lat=at[1], sigma_m=5.0, weapon=weapon, count=(2, 2))  # type: ignore[arg-type]


def test_statuses_of_what_was_seen() -> None:
    near_both, behind = (37.75, 47.9), (39.3, 47.2)
    entries = weapons_register(
        seen(
            fix("F-1", near_both, "122mm howitzer"),
            fix("F-2", behind, "122mm howitzer"),
            fix("F-3", near_both, "howitzer"),
            fix("F-4", near_both, "82mm mortar"),
            fix("F-5", near_both, "122mm howitzer", MINSK.in_force_from_us + DAY),
        )
    )
    assert [(one.id, one.provision, one.party, one.status) for one in entries] == [
        ("F-1", "artillery", "ordlo", "in_violation"),
        ("F-1", "artillery", "ukraine", "in_violation"),
        ("F-2", "artillery", "ordlo", "outside_storage"),
        ("F-2", "artillery", "ukraine", "outside_storage"),
    ]


def test_damage_stands_by_itself_and_names_what_may_have_caused_it() -> None:
    harm = [
        Damage(**common("D-1", NOON + DAY, INSIDE), object="a house", persons=2, cause_stated="shelling"),  # type: ignore[arg-type]
        Damage(**common("D-2", NOON, INSIDE), object="a shed"),  # type: ignore[arg-type]
    ]
    events = (
        event("E-near", at=beside(*INSIDE, north_m=100.0), time_us=NOON, impact=1.0),
        event("E-nearer", at=beside(*INSIDE, north_m=50.0), time_us=NOON + 1, impact=1.0),
        event("E-far", at=beside(*INSIDE, north_m=501.0), time_us=NOON, impact=1.0),
        event("E-later", at=INSIDE, time_us=NOON + 2 * DAY, impact=1.0),
        event("E-launch", at=INSIDE, time_us=NOON, outgoing=1.0),
    )
    register = harm_register(harm, [POST], events)
    assert [(one.id, one.perhaps) for one in register] == [("D-2", ("E-near",)), ("D-1", ("E-nearer", "E-near"))]
    assert casualties(register) == 2
