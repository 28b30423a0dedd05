"""What every section of a periodic report is told from, and how it says numbers, ground and names."""

from dataclasses import dataclass

from truceline.findings.words import likelihood
from truceline.geo.holders import DISPUTED
from truceline.model.finding import Finding
from truceline.model.instant import Instant, Span, seconds, span_of
from truceline.reports.account import Account, Record
from truceline.reports.figures import LEAST_SHOWN, MOST_SHOWN
from truceline.reports.markup import Markup, plain, tag
from truceline.reports.placing import Located, where_words
from truceline.reports.texts import Texts
from truceline.terms.counting import Number


@dataclass(frozen=True)
class Telling:
    """A period's account, the one before (None: there is none), the record that they are of, and the language."""

    record: Record
    account: Account
    texts: Texts
    before: Account | None = None

    @property
    def may_name(self) -> bool:
        """Whether the mandate lets the mission say of a party that it did something."""
        agreement = self.record.case.agreement
        return agreement.may("attribute") and agreement.may("name")

    @property
    def may_verify(self) -> bool:
        """Whether it lets the mission say that the agreement was broken."""
        return self.record.case.agreement.may("verify")

    def where(self, place: Located | None) -> str:
        """A place in words."""
        return self.texts.say("where.nowhere") if place is None else where_words(place, self.texts)

    def ground(self, place: Located | None) -> str:
        """Who held the ground of a place."""
        if place is None:
            return self.texts.say("ground.nowhere")
        if not place.held or place.held == DISPUTED:
            return self.texts.say("ground.disputed" if place.held else "ground.unknown")
        return self.texts.say("ground.held", party=plain(place.held))

    def stamp(self, instant: Instant) -> str:
        """Local date and minute."""
        return self.record.clock.stamp(instant)

    def when(self, from_us: Instant, until_us: Instant, sigma_s: float = 0.0) -> str:
        """Local date and minute, or from–until; no finer than ten minutes where it is known so roughly."""
        clock = self.record.clock
        start, end = clock.stamp(from_us), clock.stamp(until_us)
        about = "±\u00a0" + lapse(span_of(sigma_s), self.texts) if sigma_s >= 60.0 else ""
        if start == end:
            return f"{start} {about}".rstrip()
        same_day = clock.day(from_us) == clock.day(until_us)
        return f"{start}–{clock.minute(until_us) if same_day else end} {about}".rstrip()

    def moment(self, from_us: Instant, until_us: Instant | None = None, sigma_s: float = 0.0) -> Markup:
        """The same for a cell of a table, kept on one line."""
        return tag("span", self.when(from_us, from_us if until_us is None else until_us, sigma_s), class_="when")

    def category(self, name: str) -> str:
        """A category of the counting rule; one of the author's own by his word."""
        known = self.texts.messages.get(f"category.{name}")
        return known if known is not None else plain(name.replace("_", " "))

    def likely(self, probability: float, finding: Finding) -> str:
        """The words of a probability."""
        words = likelihood(probability, in_field=finding.in_field)
        return self.texts.say(f"likelihood.{words.replace(' ', '_')}")


def whole(number: int) -> str:
    """A whole number, thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def number_words(number: Number, texts: Texts) -> str:
    """A number of the counting rule: "3", "3–6", "3–6 and an uncountable number"."""
    if number == Number(uncountable=number.uncountable) and number.uncountable:
        return texts.say("report.uncountable_alone")
    text = whole(number.least) if number.least == number.most else f"{whole(number.least)}–{whole(number.most)}"
    return texts.say("report.uncountable", number=text) if number.uncountable else text


def counted_words(number: Number, noun: str, texts: Texts) -> str:
    """The same with what is counted: "3 ceasefire violations"."""
    many = texts.messages[noun].split("|")[-1]
    if number.uncountable:
        bare = Number(number.least, number.most)
        if bare == Number():
            return texts.say("report.uncountable_alone_of", noun=many)
        return texts.say("report.uncountable_of", number=number_words(bare, texts), noun=many)
    named = texts.count(noun, number.most)
    return named.replace(whole(number.most), number_words(number, texts), 1)


def difference(now: Number, before: Number) -> str:
    """How much more or less; empty where either is not one number."""
    if (now.least, before.least) != (now.most, before.most) or now.uncountable or before.uncountable:
        return "–"
    change = now.least - before.least
    return f"+{whole(change)}" if change > 0 else f"−{whole(-change)}" if change else "0"


def lapse(span_us: Span, texts: Texts) -> str:
    """A length of time in hours and minutes."""
    hours, rest = divmod(round(seconds(span_us) / 60), 60)
    said = [texts.say("unit.hours", hours=whole(hours))] if hours else []
    return " ".join([*said, texts.say("unit.minutes", minutes=str(rest))] if rest or not hours else said)


def percent(probability: float, texts: Texts) -> str:
    """A probability, between 1 % and 99 %."""
    if probability > MOST_SHOWN:
        return texts.say("percent.over", percent=f"{100 * MOST_SHOWN:.0f}")
    if probability < LEAST_SHOWN:
        return texts.say("percent.under", percent=f"{100 * LEAST_SHOWN:.0f}")
    return f"{round(100 * probability)}\u00a0%"
