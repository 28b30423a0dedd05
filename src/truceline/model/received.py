"""The last instant at which a mission's centre received anything: the only now that a pure function has."""

from truceline.model.case import Case
from truceline.model.instant import US_PER_HOUR, Instant

UNBELIEVED_US = 24 * US_PER_HOUR


def last_received(case: Case) -> Instant:
    """The last time the centre received anything, by its own clock.

    A time more than a day after all before it is not believed: one garbled line must not make fresh places old.
    """
    received = sorted(one.received_us for one in case.observations)
    if not received:
        return case.agreement.in_force_from_us
    middle = received[len(received) // 2]
    believed = middle
    for instant in received[len(received) // 2 :]:
        if instant - believed > UNBELIEVED_US:
            break
        believed = instant
    return believed
