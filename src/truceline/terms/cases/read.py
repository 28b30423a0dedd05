"""cases.md → cases. A fault stands at its line.

    ### A title in words                             begins a case
    - Article: 2                                     the article it is about, as the provision names it
    - Given: E1 is outgoing, inside zone, at …       a fact (see `facts`)
    - If `amber`: breach of `A1`, because "…"        what the text is expected to say, and the fact that decides
    - If `amber` did E1: open under `A1`, because …  of some of the facts only
    - If `amber` left undone: breach of `O1`, …      of the duty of that provision
    - If `amber` advanced: breach of `A2`, …         of the ground that maps show as newly held by amber

The outcomes are `breach of`, `open under` (indeterminate), `exempt under` and `nothing under`. All other lines are for
the reader alone.
"""

import re

from truceline.formats.fields import nearest, suggest
from truceline.model.agreement import Agreement
from truceline.model.problem import Place, Problem, Unusable
from truceline.terms.cases.case import OUTCOMES, Case, Expectation
from truceline.terms.cases.facts import Given
from truceline.terms.cases.phrases import Ground
from truceline.terms.ground import frame_of

STARTS = ("Article:", "Given:", "If")
UNDONE, ADVANCED = "left undone", "advanced"
_IF = re.compile(
    r"^If `?(?P<actor>[\w-]+)`?(?: (?P<how>left undone|advanced)| did (?P<about>[^:]+))?: "
    r"(?P<outcome>[a-z ]+?) `?(?P<provision>[\w.@-]+)`?(?:, because [\"“](?P<because>.+)[\"”])?\.?$"
)


def read_cases(file: str, text: str, agreement: Agreement) -> tuple[Case, ...]:
    """All cases of a file. Raises Unusable with every fault at its line."""
    areas = {area.id: area for area in agreement.areas}
    reader = _Reader(file, agreement, Ground(frame_of(areas, [], []), areas))
    for number, line in enumerate(text.splitlines(), start=1):
        reader.take(number, line.strip())
    reader.finish()
    if reader.problems:
        raise Unusable(reader.problems)
    return tuple(reader.cases)


class _Reader:
    def __init__(self, file: str, agreement: Agreement, ground: Ground) -> None:
        self.file = file
        self.agreement = agreement
        self.ground = ground
        self.problems: list[Problem] = []
        self.cases: list[Case] = []
        self.title: tuple[str, int] | None = None
        self.article = ("", 0)
        self.given = Given(agreement, ground)
        self.expected: list[Expectation] = []
        self.asked = False  # whether anything is expected, be it readable or not
        self.provisions = tuple(dict.fromkeys(name for one in agreement.provisions for name in (one.name, one.id)))
        self.actors = (*agreement.parties, *(actor.id for actor in agreement.actors), "other")

    def take(self, number: int, line: str) -> None:
        if line.startswith("### "):
            self.finish()
            self.title = line.removeprefix("### ").strip(), number
        elif line.startswith("#"):
            self.finish()
        elif self.title is not None and line.startswith("- "):
            self._item(number, line.removeprefix("- ").strip())

    def _item(self, number: int, item: str) -> None:
        if item.startswith("Article:"):
            self.article = item.removeprefix("Article:").strip(), number
        elif item.startswith("Given:"):
            try:
                self.given.tell(item.removeprefix("Given:").strip())
            except ValueError as error:
                what, _, remedy = str(error).partition("; ")
                self._fault(number, what, remedy or "mend the fact")
        elif item.startswith("If "):
            self._expectation(number, item)
        else:
            word = item.split(maxsplit=1)[0]
            near = nearest(word, STARTS)
            hint = f"did you mean {near!r}?" if near else f"begin it with one of: {', '.join(STARTS)}"
            self._fault(number, f"an item begins with {word!r}", hint)

    def _expectation(self, number: int, item: str) -> None:
        self.asked = True
        found = _IF.match(item)
        if found is None:
            remedy = 'write it like: If `amber`: breach of `A1`, because "it lies inside"'
            self._fault(number, "the expectation cannot be read", remedy)
            return
        about = tuple(re.split(r",\s*|\s+and\s+", found["about"].strip())) if found["about"] else ()
        checks = (
            (found["outcome"], tuple(OUTCOMES), "outcome"),
            (found["actor"], self.actors, "party or actor"),
            (found["provision"], self.provisions, "provision"),
            *((id_, self.given.ids, "fact told above") for id_ in about),
        )
        wrong = [(word, among, what) for word, among, what in checks if word not in among]
        for word, among, what in wrong:
            self._fault(number, f"{word!r} is no {what}", suggest(word, among))
        if not found["because"]:
            self._fault(number, "the expectation has no reason", 'add: , because "…"')
        elif not wrong:
            self.expected.append(
                Expectation(
                    line=number,
                    actor=found["actor"],
                    about=about or ((found["how"],) if found["how"] else ()),
                    verdict=OUTCOMES[found["outcome"]],
                    provision=found["provision"],
                    because=found["because"],
                )
            )

    def finish(self) -> None:
        """The case that ends here."""
        if self.title is not None:
            title, line = self.title
            if not self.article[0]:
                self._fault(line, f"case {title!r} names no article", "add: - Article: …")
            if not self.asked:
                self._fault(
                    line, f"case {title!r} expects nothing", 'add: - If `PARTY`: OUTCOME `PROVISION`, because "…"'
                )
            facts = self.given.facts()
            self.cases.append(Case(title, line, *self.article, facts, tuple(self.expected)))
        self.title, self.article = None, ("", 0)
        self.given, self.expected, self.asked = Given(self.agreement, self.ground), [], False

    def _fault(self, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(Place(self.file, line=line), what, remedy))
