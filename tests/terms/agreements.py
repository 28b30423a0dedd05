"""The worked agreements of the repository, read once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from truceline.formats.areas_geojson import read_areas
from truceline.formats.toml_document import TomlDocument
from truceline.model.agreement import Agreement, Area
from truceline.terms.cases.case import Case
from truceline.terms.cases.read import read_cases
from truceline.terms.language import areas_file, read_agreement, terms_document

from .making import KINDS

AGREEMENTS = Path(__file__).parents[2] / "agreements"
NAMES = tuple(sorted(path.parent.name for path in AGREEMENTS.glob("*/terms.toml")))
LARGEST = "coalition-guarantee"


@dataclass(frozen=True)
class Worked:
    """One agreement and all that belongs to it."""

    name: str
    terms: str
    areas: tuple[Area, ...]
    document: TomlDocument
    agreement: Agreement
    cases: tuple[Case, ...]


@cache
def worked(name: str) -> Worked:
    """A worked agreement by the name of its folder."""
    folder = AGREEMENTS / name
    terms = (folder / "terms.toml").read_text()
    document = terms_document("terms.toml", terms.encode())
    areas = read_areas("areas.geojson", (folder / (areas_file(document) or "")).read_bytes())
    agreement, _ = read_agreement(document, areas, KINDS)
    cases = read_cases("cases.md", (folder / "cases.md").read_text(), agreement)
    return Worked(name, terms, areas, document, agreement, cases)
