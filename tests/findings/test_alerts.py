"""When an alert may be sent, to whom, over what; and which stand."""

from typing import Any

import msgspec
import pytest

from truceline.findings.alerts import MOST_US, alert_fault, alerts_of, may_go_to_civilians, stands
from truceline.findings.decision import AlertSent, Decision, read_decision, to_line
from truceline.model.agreement import Agreement
from truceline.model.instant import US_PER_HOUR

SMALL = ((30.0, 50.0), (30.02, 50.0), (30.02, 50.02), (30.0, 50.02), (30.0, 50.0))  # some 3 km²
MIDDLE = ((30.0, 50.0), (30.05, 50.0), (30.05, 50.05), (30.0, 50.05), (30.0, 50.0))  # some 20 km²
LARGE = ((30.0, 50.0), (30.2, 50.0), (30.2, 50.2), (30.0, 50.2), (30.0, 50.0))  # some 320 km²
ALERT = AlertSent(
    audience="monitors", kind="alert", of=None, headline="Fire near the west post", words="Rounds fall near the road.",
    instruction="Take cover and call the desk.", area="West of the town", ring=MIDDLE, urgency="immediate",
    severity="severe", certainty="observed", response="shelter", until_us=6 * US_PER_HOUR, person="W. Atch",
)  # fmt: skip
CIVIL = msgspec.structs.replace(ALERT, audience="civil_protection", ring=LARGE)


def decided(number: int, said: AlertSent) -> Decision:
    return Decision(number=number, at_us=0, by="w.k", nation="n", said=said)


def changed(of: AlertSent = ALERT, /, **change: Any) -> AlertSent:
    return msgspec.structs.replace(of, **change)


def test_an_alert_to_monitors_needs_no_mandate_and_one_to_civilians_does() -> None:
    assert alert_fault(ALERT, [], 0, to_civilians=False) is None
    assert "mandate" in (alert_fault(CIVIL, [], 0, to_civilians=False) or "")
    assert alert_fault(CIVIL, [], 0, to_civilians=True) is None


@pytest.mark.parametrize(
    ("mandate", "may"),
    [
        ((), False),  # silence is no leave
        ((("warn_civilians", False),), False),
        ((("warn_civilians", True),), True),
        ((("warn_civilians", ("north",)),), False),
        ((("warn_civilians", ("civil_authority",)),), True),
    ],
)
def test_the_mandate_must_say_it(mandate: Any, may: bool) -> None:
    agreement = Agreement(id="a", title="A", parties=("north", "south"), in_force_from_us=0, mandate=mandate)
    assert may_go_to_civilians(agreement) is may


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"audience": "press"}, "goes to"), ({"kind": "ack"}, "is one of"), ({"headline": " "}, "headline"),
        ({"headline": "h" * 161}, "headline"), ({"words": "fire"}, "what is happening"),
        ({"instruction": "run"}, "what to do"), ({"person": ""}, "named person"), ({"area": " "}, "over an area"),
        ({"urgency": "now"}, "urgency"), ({"severity": "bad"}, "severity"), ({"certainty": "sure"}, "certainty"),
        ({"response": "fire_back"}, "response"), ({"ring": MIDDLE[:-1]}, "closed outline"), ({"ring": ()}, "outline"),
        ({"ring": SMALL}, "would show a place"), ({"until_us": 0}, "ends after now"),
        ({"until_us": MOST_US + 1}, "within 72 hours"), ({"kind": "update"}, "names the alert before"),
        ({"of": 3}, "names the alert before"), ({"words": "w" * 10_001}, "too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_said_with_what_to_do(change: dict[str, Any], said: str) -> None:
    fault = alert_fault(changed(**change), [], 0, to_civilians=True)
    assert fault is not None
    assert said in fault
    assert "; " in fault


def test_to_civilians_an_area_is_larger() -> None:
    assert "100 km²" in (alert_fault(changed(CIVIL, ring=MIDDLE), [], 0, to_civilians=True) or "")


def test_an_update_takes_the_place_of_the_alert_before_and_a_call_off_ends_it() -> None:
    first = decided(0, ALERT)
    update = changed(kind="update", of=0, until_us=8 * US_PER_HOUR)
    assert alert_fault(update, [first], 0, to_civilians=False) is None
    both = [first, decided(1, update)]
    assert [stands(one, 7 * US_PER_HOUR) for one in alerts_of(both)] == [False, True]
    assert "took its place" in (alert_fault(update, both, 0, to_civilians=False) or "")
    off = changed(kind="cancel", of=1)
    assert alert_fault(off, both, 0, to_civilians=False) is None
    all_ = [*both, decided(2, off)]
    assert not any(stands(one, 0) for one in alerts_of(all_))
    assert "no such alert" in (alert_fault(changed(kind="update", of=2), all_, 0, to_civilians=False) or "")
    assert "no such alert" in (alert_fault(changed(kind="update", of=9), all_, 0, to_civilians=False) or "")
    assert "the same" in (alert_fault(changed(CIVIL, kind="update", of=0), [first], 0, to_civilians=True) or "")


def test_an_alert_ends_by_itself_and_is_read_back_from_the_log() -> None:
    one = decided(0, ALERT)
    (sent,) = alerts_of([one])
    assert stands(sent, ALERT.until_us - 1)
    assert not stands(sent, ALERT.until_us)
    assert read_decision(to_line(one)) == one
