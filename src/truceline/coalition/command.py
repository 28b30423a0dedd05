"""Who answers to whom, who is on duty, and who was asked to look where: dated, and never of weapons.

Posts are offices, not persons: a headquarters that rotates is one post held by one nation after another. Monitors
stand apart from the force: no chain of theirs leads through it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from truceline.coalition.ledger import holding
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem

KINDS = ("headquarters", "cell", "contingent", "monitors", "support")
FORCE = ("contingent",)
TASKS = ("patrol", "observe", "inspect", "interview", "move_sensor", "service_sensor", "collect_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """Who holds a post from an instant on: a nation or body."""

    at_us: Instant
    nation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersTo:
    """To which post another answers from an instant on; None: to none."""

    at_us: Instant
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An office, its holders and its superiors over time."""

    id: str
    title: str
    kind: str
    tenures: tuple[Tenure, ...]
    answers: tuple[AnswersTo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A person on duty at a post, until excluded. handed_over_us: when the next took over, by name."""

    post: str
    person: str
    from_us: Instant
    until_us: Instant
    handed_over_us: Instant | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a post was asked to look at, by a named person. Kinds are of looking alone."""

    id: str
    kind: str
    post: str
    words: str
    by: str
    at_us: Instant
    until_us: Instant | None = None
    sensor: str | None = None


@dataclass(frozen=True)
class Framework:
    """The command framework, posts in order of id, watches and tasks in order of time."""

    posts: tuple[Post, ...]
    watches: tuple[Watch, ...]
    tasks: tuple[Task, ...]

    @cached_property
    def post(self) -> Mapping[str, Post]:
        return {one.id: one for one in self.posts}


def holder(post: Post, when: Instant) -> str | None:
    """The nation or body that holds a post."""
    entry = holding(post.tenures, when)
    return None if entry is None else entry.nation


def chain(framework: Framework, post: str, when: Instant) -> tuple[str, ...]:
    """A post and those above it, lowest first. A circle ends where it closes."""
    found = [post]
    while True:
        entry = holding(framework.post[found[-1]].answers, when)
        if entry is None or entry.to is None or entry.to in found:
            return tuple(found)
        found.append(entry.to)


def on_duty(framework: Framework, post: str, when: Instant) -> tuple[Watch, ...]:
    """Who is on duty at a post."""
    return tuple(one for one in framework.watches if one.post == post and one.from_us <= when < one.until_us)


def faults(framework: Framework, file: str = "command.toml") -> tuple[Problem, ...]:
    """Chains that go round in a circle, monitors under the force, gaps and overlaps of the roster, watches that were
    not handed over."""
    found: list[Problem] = []
    instants = sorted({entry.at_us for post in framework.posts for entry in post.answers})
    for post in framework.posts:
        found += _chain_faults(framework, post, instants, file)
        found += _roster_faults(post, [one for one in framework.watches if one.post == post.id], file)
    return tuple(found)


def _chain_faults(framework: Framework, post: Post, instants: Sequence[Instant], file: str) -> list[Problem]:
    place = Place(file, feature=post.id, field="answers")
    for when in instants:
        above = chain(framework, post.id, when)
        top = holding(framework.post[above[-1]].answers, when)
        if top is not None and top.to is not None:
            what = f"from {_day(when)} {post.id} answers to itself, by {' → '.join((*above, top.to))}"
            return [Problem(place, what, "let one post stand at the top")]
        force = [one for one in above[1:] if framework.post[one].kind in FORCE]
        if post.kind == "monitors" and force:
            what = f"from {_day(when)} monitors ({post.id}) answer to the force ({force[0]})"
            return [Problem(place, what, "keep monitors apart from the force")]
    return []


def _roster_faults(post: Post, watches: Sequence[Watch], file: str) -> list[Problem]:
    place = Place(file, feature=post.id, field="watch")
    found = []
    for one, following in pairwise(sorted(watches, key=lambda one: (one.from_us, one.until_us))):
        if following.from_us < one.until_us:
            what = f"{one.person} and {following.person} are both on duty from {_minute(following.from_us)}"
            found.append(Problem(place, what, "end one watch where the next begins"))
        elif following.from_us > one.until_us:
            what = f"nobody is on duty from {_minute(one.until_us)} to {_minute(following.from_us)}"
            found.append(Problem(place, what, "add a watch"))
        elif one.handed_over_us is None:
            what = f"{one.person} did not hand over to {following.person} at {_minute(one.until_us)}"
            found.append(Problem(place, what, "record the hand-over"))
    return found


def _day(instant: Instant) -> str:
    return format_utc(instant, digits=0)[:10]


def _minute(instant: Instant) -> str:
    return format_utc(instant, digits=0)[:16]
