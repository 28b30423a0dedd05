"""The page that stands first in a dossier: for whoever opens it without knowing what it is."""

TEXT = """This is the dossier of the finding {finding}.

It is a ZIP archive of plain files (BagIt; data/ro-crate-metadata.json describes them). Nothing in it needs to be
believed: everything can be checked on a computer that is connected to nothing, with either of two programs that were
written apart from each other:

    truceline verify FILE --policy POLICY            checks, and recomputes the finding from the observations
    python verifier/truceline_verifier.py FILE       checks; 500 lines that one person can read

POLICY names the keys that you believe. Get it from those who hold them, not from this file. Without it the keys that
the dossier itself names are used, and the verdict says so.

data/explanation.txt     why the finding says what it says
data/records/            the finding, its incident and events
data/log/lines/          the observations, as they were received, byte for byte
data/log/files/          the agreement, the network, who held which ground, the weather
data/log/                proof that these are what was logged, that none was changed and none in between left out
{sealed}
What is relied on is listed in data/dossier.json. The words of the finding are a machine's, of a probability; who is
responsible is for people to say. Without prejudice to the final judgment of States.
"""
SEALED = "data/seal/               who signed the log, who witnessed it, and when that was\n"
UNSEALED = "Nobody has signed this: it shows what follows from the observations, not who logged them, or when.\n"


def readme(finding: str, *, sealed: bool) -> bytes:
    """The page for a finding."""
    return TEXT.format(finding=finding, sealed=SEALED if sealed else UNSEALED).encode()
