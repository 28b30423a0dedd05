"""Who opened fire: the actor of an incident's first act, unless earlier fire could have gone unheard."""

from collections.abc import Sequence

from truceline.model.finding import NOT_DETERMINABLE, Attribution, Probabilities
from truceline.model.incident import Incident
from truceline.model.numbers import rounded_shares

UNHEARD = 0.1  # earlier fire within the incident's ground that no sensor heard


def opened_by(incident: Incident, attributions: Sequence[Attribution], unheard: float = UNHEARD) -> Probabilities:
    """Probabilities over parties, other and not determinable; `unheard`: that earlier fire was not heard.

    An incident that begins with impacts was opened by whoever fired them, which is seldom known.
    """
    first = min(range(len(incident.acts)), key=lambda number: incident.events.index(incident.acts[number].events[0]))
    shares = [(name, (1.0 - unheard) * p) for name, p in attributions[first].responsibility]
    return rounded_shares([*shares, (NOT_DETERMINABLE, unheard)], sink=NOT_DETERMINABLE)
