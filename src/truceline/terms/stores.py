"""What inspections of storage say: whether access was given, in the words of those who asked for it."""

import re

_REFUSED = re.compile(r"den|refus|not (?:granted|given|allowed)|no access|block|prevent|closed|delay", re.IGNORECASE)
_ABANDONED = re.compile(r"abandon", re.IGNORECASE)
_PARTIAL = re.compile(r"partial|incomplete|from (?:a )?distance|could not (?:count|see)|limited", re.IGNORECASE)


def refused(access: str) -> bool:
    """Whether monitors were kept from counting."""
    return bool(_REFUSED.search(access))


def abandoned(access: str) -> bool:
    """Whether the site was found left by those who kept it."""
    return bool(_ABANDONED.search(access))


def partial(access: str) -> bool:
    """Whether not everything could be counted."""
    return bool(_PARTIAL.search(access))
