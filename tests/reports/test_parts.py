"""The parts that pages are made of: labels that keep apart, honest figures, shares, words, colours."""

import ast
import re
from dataclasses import replace
from itertools import combinations
from math import cos, radians
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import truceline.reports
from truceline.edges.looks import mission_look
from truceline.model.event import Ellipse
from truceline.model.finding import Finding
from truceline.model.result import Result
from truceline.reports.clusters import Cluster, Mark, clusters
from truceline.reports.english import ENGLISH
from truceline.reports.english_reports import OF_REPORTS
from truceline.reports.figures import clock, metres, percent, place
from truceline.reports.listening import listening, window_of
from truceline.reports.shares import evenness, shares

from . import making

# Labels.

marks = st.lists(
    st.builds(
        Mark,
        st.tuples(st.floats(0, 300), st.floats(0, 300)),
        st.sampled_from(["impact", "outgoing", "burst"]),
        st.integers(0, 3),
    ),
    max_size=60,
)


def _measure(cluster: Cluster) -> tuple[float, float]:
    return 20.0 + 4 * len(cluster.counts), 14.0 * len(cluster.counts)


@given(marks)
def test_no_label_lies_on_another_and_no_mark_is_lost(given_marks: list[Mark]) -> None:
    found = clusters(given_marks, _measure)
    assert sorted(map(repr, given_marks)) == sorted(repr(mark) for cluster in found for mark in cluster.marks)
    for a, b in combinations(found, 2):
        (wa, ha), (wb, hb) = _measure(a), _measure(b)
        apart = abs(a.at[0] - b.at[0]) >= (wa + wb) / 2 or abs(a.at[1] - b.at[1]) >= (ha + hb) / 2
        assert apart, (a, b)


@given(marks, st.randoms(use_true_random=False))
def test_the_order_of_the_marks_does_not_matter(given_marks: list[Mark], chance: st.DataObject) -> None:
    shuffled = list(given_marks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clusters(shuffled, _measure) == clusters(given_marks, _measure)


# Figures.


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "over 99 %"),
        (0.9901, "over 99 %"),
        (0.99, "99 %"),
        (0.5, "50 %"),
        (0.01, "1 %"),
        (0.0099, "under 1 %"),
        (0.0, "under 1 %"),
    ],
)
def test_a_probability_stays_between_1_and_99_percent(probability: float, said: str) -> None:
    assert percent(probability).replace("\u00a0", " ") == said


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(0.5, 200_000))
def test_a_place_is_never_written_finer_than_a_tenth_of_its_ellipse(lat: float, lon: float, axis_m: float) -> None:
    origin = replace(making.events()[0].origin, lat=lat, lon=lon, ellipse90=Ellipse(axis_m, axis_m / 2, 0.0))
    for number, metres_a_degree in zip(
        re.findall(r"[\d.]+", place(origin)), (111_320.0, 111_320.0 * cos(radians(lat))), strict=True
    ):
        digits = len(number.partition(".")[2])
        assert digits == 0 or metres_a_degree * 10**-digits >= axis_m / 10 * 0.999


@pytest.mark.parametrize(
    ("length_m", "said"),
    [(0.2, "< 1 m"), (12.34, "12 m"), (347.0, "350 m"), (999.0, "1.0 km"), (8_430.0, "8.4 km"), (126_400.0, "130 km")],
)
def test_a_length_has_two_digits(length_m: float, said: str) -> None:
    assert metres(length_m) == said


@pytest.mark.parametrize(
    ("sigma_s", "said"),
    [(0.005, "09:00:01.235"), (0.05, "09:00:01.23"), (0.5, "09:00:01.2"), (2.0, "09:00:01"), (60.0, "09:00")],
)
def test_a_time_is_as_fine_as_it_is_known(sigma_s: float, said: str) -> None:
    assert clock(making.START + 1_234_600, sigma_s) == said


# Shares.


def _findings(count: int, share_a: float, share_b: float, sensors: int = 2) -> Result:
    """Acts of both parties heard alike, of which such shares name the party."""
    events, findings = [], []
    for number in range(count):
        for party, share, own in (("amber", share_a, 0.97), ("teal", share_b, 0.02)):
            id_ = f"{party}-{number}"
            events.append(replace(making.event(number, "burst", making.MIDDLE, number), id=id_, sensors=sensors))
            responsibility = (("amber", own), ("other", 0.01), ("teal", 0.99 - own))
            named = number < share * count
            findings.append(
                making.finding(
                    number,
                    "I-1",
                    (id_,),
                    "attributed" if named else "undetermined",
                    responsibility,
                    party=party if named else None,
                )
            )
    return Result(events=tuple(events), incidents=(), opened_by=(), findings=tuple(findings))


def test_a_share_named_counts_what_was_left_open_for_each_party() -> None:
    amber, teal = shares(_findings(20, 0.5, 0.25), making.PARTIES)
    assert (amber.named, teal.named) == (10, 5)
    assert amber.share == pytest.approx(0.49, abs=0.01) and teal.share == pytest.approx(0.245, abs=0.01)


def test_parties_named_alike_are_named_evenly() -> None:
    even = evenness(_findings(20, 0.5, 0.5), making.PARTIES)
    assert even is not None and even.even and even.ratio > 0.98


def test_a_party_named_half_as_often_for_what_was_heard_alike_is_told() -> None:
    even = evenness(_findings(40, 0.6, 0.3), making.PARTIES)
    assert even is not None and not even.even
    assert (even.lower, even.higher) == ("teal", "amber") and even.ratio == pytest.approx(0.5, abs=0.02)


def test_a_side_that_is_heard_worse_is_compared_with_like() -> None:
    """Teal has many acts that few sensors heard, none of them named: coverage, not unevenness."""
    alike, faint = _findings(20, 0.5, 0.5, sensors=20), _findings(40, 0.0, 0.0)
    only_teal: list[Finding] = [one for one in faint.findings if dict(one.responsibility)["teal"] > 0.5]
    faint_events = tuple(replace(one, id=f"faint-{one.id}") for one in faint.events)
    moved = tuple(replace(one, events=tuple(f"faint-{id_}" for id_ in one.events)) for one in only_teal)
    both = replace(alike, events=alike.events + faint_events, findings=alike.findings + moved)
    assert shares(both, making.PARTIES)[1].share == pytest.approx(0.165, abs=0.02)
    even = evenness(both, making.PARTIES)
    assert even is not None and even.even


def test_a_handful_of_acts_is_no_comparison() -> None:
    assert evenness(making.result(), making.PARTIES) is None


# Who was heard from.


def test_a_sensor_that_stops_is_silent_from_its_last_line_on() -> None:
    case, result = making.case(), making.result()
    heard = listening(case, window_of(case, result))
    assert [sensor for sensor, _ in heard.silent] == ["QX-004"]
    assert heard.counts[0] == 9 and heard.counts[-1] == 8 and set(heard.in_service) == {9}


# Words.


def _keys_used() -> set[str]:
    """Every literal that the code looks up in the catalogue."""
    used = set()
    folder = Path(truceline.reports.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("say", "write", "count"):
                used |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return used


def test_every_message_that_is_asked_for_exists() -> None:
    assert _keys_used() - set(ENGLISH.messages) == set()


def test_no_message_is_left_that_nothing_asks_for() -> None:
    """By its whole key, or by a beginning that the code completes."""
    folder = Path(truceline.reports.__file__).parent
    code = "".join(file.read_text("utf-8") for file in folder.glob("*.py") if file.name != "english.py")
    begun = set(re.findall(r'f"([a-z_.]+)\.\{', code)) | {"map", "timeline", "public.map"}
    used = _keys_used()
    orphans = [
        key
        for key in ENGLISH.messages
        if key not in used
        and f'"{key}"' not in code
        and key.rpartition(".")[0] not in begun
        and not key.endswith(".means")
    ]
    assert orphans == []


def test_messages_are_whole() -> None:
    for key, message in ENGLISH.messages.items():
        list(Formatter().parse(message))
        assert message.strip() == message.strip("\n") and "confidence" not in message.lower(), key
        assert "hostile" not in message and "enemy" not in message, key
        assert key in OF_REPORTS or "violation" not in message, f"{key}: a violation is a count in reports, and no more"


def test_likelihood_and_evidence_never_share_a_sentence() -> None:
    for message in ENGLISH.messages.values():
        for sentence in re.split(r"[.;]", message):
            assert not ("{likelihood}" in sentence and "evidence" in sentence.lower())


# Colours.


def _themes() -> dict[str, dict[str, tuple[float, float, float]]]:
    """The variables of each block of the style sheet that sets the paper."""
    blocks = re.findall(r"([^{}]*)\{([^{}]*--paper:[^{}]*)\}", mission_look().style)
    found = {}
    for number, (selector, body) in enumerate(blocks):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", body))
        found[f"{number} {selector.strip()[-24:]}"] = {name: _rgb(value) for name, value in colours.items()}
    return found


def _rgb(text: str) -> tuple[float, float, float]:
    digits = text[1:] if len(text) == 7 else "".join(2 * one for one in text[1:])
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def _contrast(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """WCAG 2.2 contrast ratio."""

    def luminance(colour: tuple[float, float, float]) -> float:
        linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_in_every_theme() -> None:
    themes = _themes()
    assert len(themes) == 6  # as the system has it, light or dark; each chosen; red; paper
    for name, colours in themes.items():
        for text, least in (("ink", 7.0), ("quiet", 4.5), ("link", 4.5), ("caution", 4.5)):
            bright = 4.5 if "red" in name else least
            bright = 2.9 if "red" in name and text == "quiet" else bright
            assert _contrast(colours[text], colours["paper"]) >= bright, (name, text)
        for sign in {"mark", "line", "sensor", "focus"} & set(colours):  # paper has no focus
            least = 2.0 if "red" in name and sign == "sensor" else 3.0
            assert _contrast(colours[sign], colours["sheet"]) >= least, (name, sign)


def test_red_light_has_no_green_and_no_blue_to_speak_of() -> None:
    (red,) = (colours for name, colours in _themes().items() if "red" in name)
    for name, (r, g, b) in red.items():
        assert r == 0 or (g <= 0.51 * r and b <= 0.45 * r), name
