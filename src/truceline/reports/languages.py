"""The languages in which reports can be written, by their BCP 47 tags; all have the same messages."""

from collections.abc import Mapping
from dataclasses import replace

from truceline.reports.english import ENGLISH
from truceline.reports.english_reports import OF_REPORTS
from truceline.reports.texts import Texts
from truceline.reports.ukrainian import UKRAINIAN

SHARED = ("class", "compass", "evidence", "list", "outcome", "page", "status", "theme")  # first words of keys
ALSO = ("findings.deeper", "noun.event", "noun.finding", "unit.minutes")

_SAID = {key: words for key, words in ENGLISH.messages.items() if key.split(".")[0] in SHARED or key in ALSO}
LANGUAGES: Mapping[str, Texts] = {"en": replace(ENGLISH, messages=_SAID | OF_REPORTS), "uk": UKRAINIAN}
