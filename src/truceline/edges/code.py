"""The digest of the code that runs: every file of the package, and the versions of what it calculates with."""

import platform
from hashlib import sha256
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable

from truceline import __version__

NOT_CODE = ("__pycache__", "built", "node_modules")  # what is made from the code, or makes the front end
CALCULATES_WITH = ("h3", "msgspec", "numpy", "pyproj", "rfc8785", "scipy", "shapely")


def code_listing() -> bytes:
    """What the code is: its version and libraries, then "sha256  path" of every file, as sha256sum writes it.

    The first lines are comments to sha256sum: `sha256sum -c` in the folder that holds the package checks the rest.
    """
    head = [f"# truceline {__version__}", f"# python {platform.python_version()} {platform.machine()}"]
    head += [f"# {name} {metadata.version(name)}" for name in CALCULATES_WITH]
    body = [f"{sha256(file.read_bytes()).hexdigest()}  truceline/{path}" for path, file in _sources()]
    return "\n".join([*head, *sorted(body, key=lambda line: line.split("  ", 1)[1]), ""]).encode()


def _sources() -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    left = [("", files("truceline"))]
    while left:
        prefix, folder = left.pop()
        for one in folder.iterdir():
            if one.is_dir() and one.name not in NOT_CODE:
                left.append((f"{prefix}{one.name}/", one))
            elif one.is_file() and not one.name.endswith(".pyc"):
                found.append((f"{prefix}{one.name}", one))
    return found
