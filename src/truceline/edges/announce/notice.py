"""One e-mail to a person: that a way in was added to their account or removed from it, or a session of it ended."""

from email.message import EmailMessage

from truceline.edges.announce.mail import REALITY, composed, send
from truceline.edges.announce.settings import Mail
from truceline.edges.people.access import Change
from truceline.model.instant import format_utc

DONE = {"added": "was added to", "removed": "was removed from", "ended": "was ended of"}
KIND = {
    "passkey": "A passkey",
    "provider": "A provider's sign-in",
    "program": "A program's key",
    "session": "A session",
}


def notice(mail: Mail, change: Change, address: str, status: str) -> EmailMessage:
    """The message: what, when and by which account; no link, for a link in such mail is what others would forge."""
    words = (
        f"{KIND[change.kind]} {DONE[change.what]} the account {change.account}, by {change.by}, at "
        f"{format_utc(change.at_us, digits=0)}.\n\nIf that was not you, nor somebody on your behalf: tell an "
        "administrator of the mission now. They end sessions and remove ways in on the page People; you do on the page "
        "Account.\n"
    )
    id_, subject = f"access.{change.number}.{change.account}", f"your account {change.account} was changed"
    return composed(mail, (address,), id_, change.at_us, REALITY[status], subject, words)


def post(mail: Mail, change: Change, address: str, status: str) -> None:
    """Send it once. Raises NotTaken."""
    send(mail, notice(mail, change, address, status))
