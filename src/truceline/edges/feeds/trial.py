"""A sensor on trial: what comes from it is told in words as it comes, and judged at the end. Nothing is kept."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from truceline.edges.feeds.door import Fact, Feed, Health, Item, Message, Outcome
from truceline.edges.feeds.watch import Watch
from truceline.model.instant import US_PER_S, format_utc, seconds
from truceline.model.node import NodeAlert, NodeRegistration, NodeStatus
from truceline.model.observation import Observation

OLD_US = 3_600 * US_PER_S


@dataclass
class Trial:
    """Listens to one feed. say: a line for the integrator."""

    feed: Feed
    say: Callable[[str], None]
    most: int = 0  # messages after which the trial ends; 0: when the time is over, or the source is exhausted
    messages: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    _watch: Watch = field(default_factory=Watch)

    async def run(self, seconds_: float) -> None:
        """Listen so long, at most."""
        health = Health()
        enough = asyncio.Event()

        async def put(item: Item) -> None:
            if enough.is_set():
                return
            outcome = self.hear(item.message)
            if item.done is not None:
                item.done()
            if item.reply is not None:
                for reply in outcome.replies:
                    await item.reply(reply)
            if self.most and self.messages >= self.most:
                enough.set()

        source = asyncio.create_task(self.feed.receive(put, health))
        waiting = asyncio.create_task(enough.wait())
        await asyncio.wait({source, waiting}, timeout=seconds_, return_when=asyncio.FIRST_COMPLETED)
        for task in (source, waiting):
            task.cancel()
        ended = await asyncio.gather(source, waiting, return_exceptions=True)
        if isinstance(ended[0], OSError | EOFError):
            health.erred(f"connection: {str(ended[0]) or type(ended[0]).__name__}")
        for words, times in health.errors.items():
            self.say(f"  {words}" + (f" ({times} times)" if times > 1 else ""))
            self.faults[words] += times

    def hear(self, message: Message) -> Outcome:
        """One message: what it says, or what is wrong with it."""
        self.messages += 1
        outcome = self.feed.read(message)
        self.say(
            f"{format_utc(message.received_us)} message {self.messages} from {message.peer}, {len(message.data)} bytes"
        )
        for problem in outcome.problems:
            self.say(f"  wrong: {problem}")
            self.faults[problem.what] += 1
        for fact in outcome.facts:
            self.say(f"  {_told(fact)}")
        for seen in outcome.observations:
            self._seen(seen)
        return outcome

    def _seen(self, seen: Observation) -> None:
        self.kinds[seen.kind] += 1
        labels = ", ".join(f"{name} {share:.2f}" for name, share in seen.labels) or "no class"
        self.say(f"  understood: {seen.kind} at {format_utc(seen.time_us)} by {seen.sensor} ({labels})")
        noticed = self._watch.see(seen)
        late = seen.received_us - seen.time_us
        words = [noticed.refused, noticed.clock_off if not noticed.refused else ""]
        if noticed.repeated:
            words.append("the same came before: sent twice?")
        if noticed.missing:
            words.append(f"{noticed.missing} before it are missing, by the sensor's own counter")
        if late > OLD_US:
            words.append(f"it is {seconds(late) / 3600.0:.1f} h old: stored and forwarded, or the clock is wrong")
        for said in filter(None, words):
            self.say(f"  note: {said}")
            self.faults[said.partition(":")[0]] += 1

    def verdict(self) -> str:
        """The trial in a few lines."""
        if not self.messages and not self.faults:
            return "Nothing came. Is the address right, is the sensor on, does a firewall stand between?"
        heard = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items())) or "no observation"
        lines = [f"{self.messages} messages: {heard}."]
        if self.faults:
            lines.append("To be mended, the commonest first:")
            lines += [f"  {count:>5} × {words}" for words, count in self.faults.most_common(20)]
        else:
            lines.append("Nothing is wrong with what came.")
        return "\n".join(lines)


def _told(fact: Fact) -> str:
    match fact:
        case NodeRegistration():
            return f"registers as {', '.join(fact.types)} {fact.name!r}, status every {fact.status_interval_s:g} s"
        case NodeStatus():
            at = "nowhere" if fact.at is None else f"at longitude {fact.at[0]:.5f}, latitude {fact.at[1]:.5f}"
            good = "" if fact.at_sigma_m is None else f", good to {fact.at_sigma_m:.0f} m"
            covers = f"covers {len(fact.coverage)} regions, {len(fact.obscured)} obscured"
            notes = "".join(f"; {level} {kind}: {text}" for level, kind, text in fact.notes)
            return f"says it is {fact.system}, in mode {fact.mode!r}, {at}{good}; {covers}{notes}"
        case NodeAlert():
            return f"calls for attention ({fact.kind}, {fact.status}): {fact.text!r}"
