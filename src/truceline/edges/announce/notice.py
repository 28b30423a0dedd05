"""One e-mail to a person: that a way in was added to their account or removed from it, or a session of it ended."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from truceline.edges.announce.mail import REALITY, send
from truceline.edges.announce.settings import Mail
from truceline.edges.people.access import Change
from truceline.model.instant import US_PER_S, format_utc

DONE = {"added": "was added to", "removed": "was removed from", "ended": "was ended of"}
KIND = {
    "passkey": "A passkey",
    "provider": "A provider's sign-in",
    "program": "A program's key",
    "session": "A session",
}


def notice(mail: Mail, change: Change, address: str, status: str) -> EmailMessage:
    """The message: what, when and by which account; no link, for a link in such mail is what others would forge."""
    mark = REALITY[status]
    made = EmailMessage()
    made["From"], made["To"] = mail.sender, address
    made["Subject"] = f"{mark}your account {change.account} was changed"
    made["Message-ID"] = f"<access.{change.number}.{change.account}@{mail.sender.rpartition('@')[2]}>"
    made["Date"] = format_datetime(datetime.fromtimestamp(change.at_us // US_PER_S, UTC))
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(
        f"{mark}{KIND[change.kind]} {DONE[change.what]} the account {change.account}, by {change.by}, at "
        f"{format_utc(change.at_us, digits=0)}.\n\nIf that was not you, nor somebody on your behalf: tell an "
        "administrator of the mission now. They end sessions and remove ways in on the page People; you do on the page "
        "Account.\n"
    )
    return made


def post(mail: Mail, change: Change, address: str, status: str) -> None:
    """Send it once. Raises NotTaken."""
    send(mail, notice(mail, change, address, status))
