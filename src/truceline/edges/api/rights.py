"""Who may do what: one table, role by route by nation. What does not stand here is refused.

A right says which roles may use a route, whether somebody of a party may, and whether only while on the duty roster.
The page docs/reference/rights.md is written from this table.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.edges.people.roles import ROLES, Seat, of_a_party

Route: TypeAlias = tuple[str, str]  # method, path as it was declared
ANYBODY: Literal["anybody"] = "anybody"
FEED: Literal["feed"] = "feed"
DEVICE: Literal["device"] = "device"  # a monitor's program of forms, by the account's key


@dataclass(frozen=True, slots=True)
class Right:
    """Any of these roles; of a party too, if said so; only on duty, if said so. answers: it shows what the machine
    says, and so not to a reviewer who has a sheet to answer. programs: a program of theirs may ask too, by account and
    key. fresh: only for who showed lately who they are, with their passkey or provider; others are asked first."""

    roles: tuple[str, ...]
    parties: bool = False
    on_duty: bool = False
    answers: bool = False
    programs: bool = False
    fresh: bool = False

    def why_not(self, seat: Seat, parties: Collection[str], *, on_duty: bool) -> str | None:
        """Why somebody may not; None if they may."""
        if not seat.has(*self.roles):
            return f"this is for {_listed(self.roles)}; ask an administrator if you are one of them"
        if not self.parties and of_a_party(seat.account, parties):
            return "this is not for whoever comes from a party; a party's liaison has pages of their own"
        if self.on_duty and not on_duty:
            return "this is for those on duty now; have the roster changed, or wait for your watch"
        return None


Who: TypeAlias = "Right | Literal['anybody', 'feed', 'device']"

FEATURES = "/api/features"
WATCH = ("monitor", "watchkeeper", "analyst", "director")
SIGNED_IN = Right(ROLES, parties=True)
DUTY = Right(WATCH, on_duty=True, answers=True)
READERS = Right(ROLES, parties=True, programs=True)
DUTY_READERS = Right(WATCH, on_duty=True, answers=True, programs=True)
EXACT = Right(("watchkeeper", "analyst", "reviewer", "director"), answers=True)
QUEUE = Right(("watchkeeper", "analyst", "reviewer", "director", "monitor", "auditor"))
ALERTED = Right((*WATCH, "delegate"))
REVIEW = Right(("reviewer",))
DIRECT = Right(("director",), fresh=True)
ADMINISTER = Right(("administrator",), fresh=True)
OWN_WAYS = Right(ROLES, parties=True, fresh=True)  # what changes how somebody gets in

TABLE: Mapping[Route, Who] = {
    # Signing in and out
    ("GET", "/sign-in"): ANYBODY,
    ("POST", "/sign-in"): ANYBODY,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/confirm"): SIGNED_IN,
    ("POST", "/confirm/begin"): SIGNED_IN,
    ("POST", "/confirm/finish"): SIGNED_IN,
    ("POST", "/confirm/openid"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("POST", "/account/end"): SIGNED_IN,
    ("POST", "/account/read"): SIGNED_IN,
    ("POST", "/account/remove"): OWN_WAYS,
    ("POST", "/account/mail"): OWN_WAYS,
    ("POST", "/passkey/begin"): ANYBODY,
    ("POST", "/passkey/finish"): ANYBODY,
    ("GET", "/join"): ANYBODY,
    ("POST", "/join/begin"): ANYBODY,
    ("POST", "/join/finish"): ANYBODY,
    ("POST", "/sign-in/openid"): ANYBODY,
    ("GET", "/sign-in/openid/back"): ANYBODY,
    ("GET", "/assets/{name}"): ANYBODY,
    # For whoever runs it
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): FEED,
    # The watch floor: fresh origins, sensors, what is blind now
    ("GET", "/"): SIGNED_IN,
    ("GET", "/api/v1/stands"): DUTY,
    ("GET", "/api/v1/floor"): DUTY,
    ("GET", "/api/v1/changes"): DUTY,
    ("GET", "/api/v1/mission"): DUTY,
    ("GET", "/api/v1/events"): DUTY,
    ("GET", "/api/v1/events/{id_}"): DUTY,
    ("GET", "/api/v1/incidents"): DUTY,
    ("GET", "/api/v1/incidents/{id_}"): DUTY,
    ("GET", "/api/v1/findings"): DUTY,
    ("GET", "/api/v1/findings/{id_}"): DUTY,
    ("GET", "/api/v1/sensors"): DUTY,
    ("GET", "/api/v1/sensors/{id_}"): DUTY,
    # The hand-over between watches
    ("GET", "/hand-over"): DUTY,
    ("POST", "/hand-over"): Right(("watchkeeper", "director"), on_duty=True, answers=True),
    # Findings with what they rest on
    ("GET", "/findings"): EXACT,
    ("GET", "/findings/{id_}"): EXACT,
    ("GET", "/api/v1/proofs/{kind}/{id_}"): Right((*EXACT.roles, "auditor")),
    ("GET", "/api/v1/exhibits/{sha256}"): EXACT,
    # Contacts with the parties, beside what they concern
    ("GET", "/contacts"): Right(("watchkeeper", "analyst", "director", "monitor")),
    ("POST", "/contacts"): Right(("watchkeeper", "director")),
    # Alerts that people send
    ("GET", "/alerts"): ALERTED,
    ("GET", "/alerts/{id_}"): ALERTED,
    ("POST", "/alerts"): Right(("watchkeeper", "director"), on_duty=True),
    # The field: reports kept on the device until they can be sent; where patrols are, for the duty desk alone
    ("GET", "/field"): Right(("monitor",)),
    ("GET", "/field/worker.js"): ANYBODY,
    ("GET", "/field/now"): Right(("monitor",)),
    ("POST", "/field/reports"): Right(("monitor",)),
    ("POST", "/field/check-in"): Right(("monitor",)),
    ("POST", "/field/device"): Right(("monitor",), fresh=True),
    ("GET", "/openrosa/formList"): DEVICE,
    ("GET", "/openrosa/xformsManifest/{form}"): DEVICE,
    ("GET", "/openrosa/forms/{form}"): DEVICE,
    ("HEAD", "/openrosa/submission"): DEVICE,
    ("POST", "/openrosa/submission"): DEVICE,
    ("GET", "/patrols"): DUTY,
    # Findings before people
    ("GET", "/reviews"): QUEUE,
    ("GET", "/reviews/{id_}"): QUEUE,
    ("POST", "/reviews/{id_}/take"): REVIEW,
    ("GET", "/reviews/{id_}/sheet"): REVIEW,
    ("POST", "/reviews/{id_}/answer"): REVIEW,
    ("POST", "/reviews/{id_}/dissent"): REVIEW,
    ("POST", "/reviews/{id_}/ask"): Right(("analyst", "director")),
    ("POST", "/reviews/{id_}/report"): Right(("monitor", "watchkeeper")),
    ("POST", "/reviews/{id_}/notify"): DIRECT,
    ("POST", "/reviews/{id_}/conclude"): DIRECT,
    ("POST", "/reviews/{id_}/publish"): DIRECT,
    ("POST", "/reviews/{id_}/clock"): DIRECT,
    ("GET", "/replies"): Right(("party_liaison",), parties=True),
    ("POST", "/replies/{id_}"): Right(("party_liaison",), parties=True),
    ("GET", "/published"): SIGNED_IN,
    # For GIS programs
    ("GET", FEATURES): READERS,
    ("GET", f"{FEATURES}/conformance"): READERS,
    ("GET", f"{FEATURES}/collections"): READERS,
    **{
        ("GET", f"{FEATURES}/collections/{one}{path}"): READERS if one == "published" else DUTY_READERS
        for one in ("events", "incidents", "findings", "published")
        for path in ("", "/items", "/items/{id_}")
    },
    ("GET", "/programs"): SIGNED_IN,
    ("POST", "/programs"): OWN_WAYS,
    # People
    ("GET", "/people"): Right(("administrator",)),
    ("POST", "/people"): ADMINISTER,
    ("GET", "/people/{id_}"): Right(("administrator",)),
    ("POST", "/people/{id_}/invite"): ADMINISTER,
    ("POST", "/people/{id_}/close"): ADMINISTER,
    ("POST", "/people/{id_}/end"): ADMINISTER,
    ("POST", "/people/{id_}/remove"): ADMINISTER,
    ("GET", "/roster"): Right((*WATCH, "planner", "administrator", "auditor")),
    ("POST", "/roster"): DIRECT,
    ("GET", "/looks"): Right(("auditor",)),
    # What feeds send
    ("POST", "/api/v1/observations"): FEED,
    ("POST", "/api/v1/notices"): FEED,
    ("POST", "/api/v1/claims"): FEED,
    ("POST", "/api/v1/contacts"): FEED,
    ("POST", "/api/v1/exhibits"): FEED,
}


def _listed(roles: Collection[str]) -> str:
    words = [role.replace("_", " ") for role in roles]
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
