"""An edition in words, from what it shows and nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from truceline.custody.edition import ASK, LABEL, PAGE, README, CheckedEdition, Edition
from truceline.custody.fields import WHOLE, Disclosure
from truceline.custody.label import Label
from truceline.model.problem import Place, Problem

FIRST = """This is an edition of the results of a ceasefire monitoring mission, made for: {to}.

It shows what may leave the mission for this audience, and hides the rest. What is hidden is seen to be hidden: each
record says which of its fields are not shown. What is shown was committed to when the result was sealed and cannot have
been changed since; check it, on a computer that is connected to nothing, with

    truceline verify FILE --policy POLICY

POLICY names the keys that you believe. Get it from those who hold them, not from this file.

data/findings.txt           what is shown, in words
data/disclosures.ndjson     the same, field by field, with what proves each
data/seal/                  who signed, who witnessed, and when that was

Places are cells of the H3 grid of some 36 square kilometres, times are hours, and nothing is younger than a day; what
was heard from near by only is neither shown nor counted: this keeps those who observe, and where they observe from, out
of it. The words are a machine's; who is responsible is for
people to say. Without prejudice to the final judgment of States.
"""


def readme(edition: Edition) -> bytes:
    """The page that stands first in an edition."""
    return FIRST.format(to=edition.to).encode()


def page(edition: Edition, shown: Sequence[Disclosure]) -> bytes:
    """What an edition shows, in words."""
    findings = sorted((_values(one) for one in shown if one.kind == "finding"), key=_when)
    lines = [f"Edition for {edition.to}, as of {edition.as_of}. Findings shown: {len(findings)}."]
    lines += [f"Withheld: {count}, because {why}." for why, count in edition.withheld.items()]
    observed = sum(one.kind == "observation" for one in shown)
    if observed:
        lines.append(f"Observations shown whole: {observed}.")
    lines.append("")
    for finding in findings:
        lines += [*_finding(finding), ""]
    return "\n".join(lines).encode()


def label(origin: str, to: str) -> bytes:
    """To whom an edition may go, for programs that keep to labels."""
    return Label(origin, "RELEASED", ((to,),)).to_xml()


def page_faults(files: Mapping[str, bytes], checked: CheckedEdition) -> tuple[Problem, ...]:
    """Pages of an edition that holds which are not the words that follow from what it shows."""
    edition, statement = checked.edition, checked.statement
    assert edition is not None and statement is not None, "it holds"
    try:
        right = {PAGE: page(edition, checked.records), README: readme(edition)}
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = f"what is shown cannot be put into words ({type(error).__name__}: {error})"
        return (Problem(Place(PAGE), what, ASK),)
    right[LABEL] = label(statement.origin, edition.to)
    what, remedy = "missing, or not the words that follow from what is proven", f"{ASK}, or verify with its version"
    return tuple(Problem(Place(path), what, remedy) for path, data in right.items() if files.get(path) != data)


def _finding(finding: dict[str, Any]) -> list[str]:
    place = ", ".join(finding.get("~cells", ())) or "no place told"
    lines = [f"{finding.get('time') or finding.get('~hour', 'hour not told')}: cell {place}"]
    outcome = str(finding.get("outcome", "not told"))
    if outcome == "attributed":
        outcome = f"from ground held by {finding.get('party', 'a party not told')}"
    lines.append(
        f"  Provisions {', '.join(finding.get('provisions', ())) or 'none'}: {outcome}; {finding.get('status')}"
    )
    for name in ("occurrence", "responsibility", "robustness", "evidence", "independence", "words"):
        if name in finding:
            lines.append(f"  {name}: {json.dumps(finding[name], ensure_ascii=False, sort_keys=True)}")
    return lines


def _values(one: Disclosure) -> dict[str, Any]:
    return {name: json.loads(shown.value) for name, shown in one.shown.items() if name != WHOLE}


def _when(finding: dict[str, Any]) -> tuple[str, str]:
    return str(finding.get("~hour", "")), json.dumps(finding, sort_keys=True)
