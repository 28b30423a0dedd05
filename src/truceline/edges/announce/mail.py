"""One e-mail to everybody who asked for it: ids in a few lines, without a link that would hold a key."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from truceline.edges.announce.product import Product
from truceline.edges.announce.settings import Mail
from truceline.edges.announce.webhook import NotTaken
from truceline.model.instant import US_PER_S, Instant, format_utc

PATIENCE_S = 15.0
REALITY = {"actual": "", "exercise": "EXERCISE: ", "test": "TEST: "}


def message(mail: Mail, product: Product) -> EmailMessage:
    """The message. The same product has the same Message-ID, so that it is known when it comes twice."""
    words = (
        f"A conclusion was published.\n\nProduct: {product.finding}\nDecision: {product.id}\n"
        f"Published: {format_utc(product.at_us, digits=0)}\n\nWhat it says is shown by the mission's service, on the "
        "page Published, to whoever signs in.\nWithout prejudice to the final judgment of States.\n"
    )
    id_, subject = f"{product.id}.{product.finding}", f"published: {product.finding}"
    return composed(mail, mail.to, id_, product.at_us, REALITY[product.status], subject, words)


def composed(
    mail: Mail, to: Sequence[str], id_: str, at_us: Instant, mark: str, subject: str, words: str
) -> EmailMessage:
    """A message of the service's, with the mark of an exercise before its subject and words."""
    made = EmailMessage()
    made["From"], made["To"] = mail.sender, ", ".join(to)
    made["Subject"] = f"{mark}{subject}"
    made["Message-ID"] = f"<{id_}@{mail.sender.rpartition('@')[2]}>"
    made["Date"] = format_datetime(datetime.fromtimestamp(at_us // US_PER_S, UTC))
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(f"{mark}{words}")
    return made


def post(mail: Mail, product: Product) -> None:
    """Send it once. Raises NotTaken."""
    send(mail, message(mail, product))


def send(mail: Mail, made: EmailMessage) -> None:
    """Hand a message over to the server. Raises NotTaken."""
    context = ssl.create_default_context()
    try:
        server: smtplib.SMTP
        if mail.security == "tls":
            server = smtplib.SMTP_SSL(mail.server, mail.port, timeout=PATIENCE_S, context=context)
        else:
            server = smtplib.SMTP(mail.server, mail.port, timeout=PATIENCE_S)
        with server:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user is not None and mail.password is not None:
                server.login(mail.user, mail.password)
            refused = server.send_message(made)
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(f"the mail server did not take it ({type(error).__name__})") from None
    if refused:
        raise NotTaken(f"the mail server refused {len(refused)} addresses")
