"""The words of reports in Ukrainian. Nobody who answers for it has reviewed this translation: each page says so."""

from truceline.reports.texts import Texts
from truceline.reports.ukrainian_frame import OF_FRAME
from truceline.reports.ukrainian_reports import OF_REPORTS


def _plural(number: int) -> int:
    """1, 21, 31 …; 2–4, 22–24 …; all others (Unicode CLDR, uk)."""
    ones, tens = number % 10, number % 100
    if ones == 1 and tens != 11:
        return 0
    return 1 if ones in (2, 3, 4) and tens not in (12, 13, 14) else 2


UKRAINIAN = Texts(language="uk", direction="ltr", messages=OF_FRAME | OF_REPORTS, plural=_plural)
