"""One archive that installs Truceline on a machine with no network: wheels of the lock, front end, unit, container.

    python scripts/bundle.py --out out/bundle

Writes BUNDLE/ and BUNDLE.tar: the packages that serving and reports need, at the versions and hashes of
requirements.lock, for this Python and this kind of machine; truceline's own wheel, the watch floor in it; deploy/;
a mission to begin with; SHA256SUMS over all. The same inputs give the same archive.
"""

import argparse
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Collection
from hashlib import sha256
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
EXTRAS = ("service", "pdf")
FLOOR = "truceline/edges/web/built/floor.js"
WITH = ("deploy/install.sh", "deploy/truceline.service", "deploy/Containerfile", "LICENSE", "NOTICE", "README.md",
        "docs/how-to/operate.md", "docs/how-to/serve.md")  # fmt: skip
EPOCH = "315532800"  # 1980-01-01, the earliest that a wheel can hold


def wanted(extras: Collection[str] = EXTRAS) -> list[Requirement]:
    """What truceline itself asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    return [Requirement(text) for text in texts]


def closure(requirements: Collection[Requirement]) -> set[str]:
    """The names of these packages and of all that they need here, by what is installed."""
    left = [(canonicalize_name(one.name), extra) for one in requirements for extra in ("", *one.extras)]
    seen: set[tuple[str, str]] = set()
    while left:
        name, extra = left.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in requires(name) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                left += [(canonicalize_name(need.name), one) for one in ("", *need.extras)]
    return {name for name, _ in seen}


def locked(names: Collection[str], lock: str) -> str:
    """The entries of the lock file for these names. Raises ValueError if one has none."""
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    kept = [one for one in entries if canonicalize_name(re.split(r"[=;\s]", one, maxsplit=1)[0]) in names]
    found = {canonicalize_name(re.split(r"[=;\s]", one, maxsplit=1)[0]) for one in kept}
    if missing := sorted(set(names) - found):
        raise ValueError(f"not in the lock file: {', '.join(missing)}")
    return "".join(kept)


def fill(folder: Path) -> None:
    """Put everything into the folder."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    (folder / "requirements.txt").write_text(
        locked(closure(wanted()), (ROOT / "requirements.lock").read_text("utf-8")), "utf-8"
    )
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    fetch = ["download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", str(wheels)]
    subprocess.run([*pip, *fetch, "-r", str(folder / "requirements.txt")], check=True)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)]
    subprocess.run(
        [*pip, *build], check=True, env={"SOURCE_DATE_EPOCH": EPOCH, "PATH": str(Path(sys.executable).parent)}
    )
    (own,) = wheels.glob("truceline-*.whl")
    with zipfile.ZipFile(own) as wheel:
        if FLOOR not in wheel.namelist():
            sys.exit("The watch floor is not built: make web, then again.")
    for path in WITH:
        shutil.copyfile(ROOT / path, folder / Path(path).name)
    shutil.copytree(ROOT / "missions" / "first-light", folder / "missions" / "first-light")
    (folder / "MADE_FOR").write_text("{}.{} {}\n".format(*sys.version_info[:2], platform.machine()), "utf-8")
    sums = [f"{sha256(one.read_bytes()).hexdigest()}  {one.relative_to(folder)}\n" for one in files(folder)]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def files(folder: Path) -> list[Path]:
    """Every file of a folder, in order."""
    return sorted(one for one in folder.rglob("*") if one.is_file())


def pack(folder: Path, to: Path) -> None:
    """The folder as a tar archive that holds no time and no user of this machine."""
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as archive:
        for one in files(folder):
            data = one.read_bytes()
            member = tarfile.TarInfo(f"{folder.name}/{one.relative_to(folder)}")
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))


def main() -> None:
    """Make the bundle."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/bundle"))
    out = parser.parse_args().out
    shutil.rmtree(out, ignore_errors=True)
    fill(out)
    tar = out.parent / f"{out.name}.tar"
    pack(out, tar)
    size, count = tar.stat().st_size, len(list((out / "wheels").iterdir()))
    print(f"{tar}: {count} wheels, {size / 1e6:.0f} MB, SHA-256 {sha256(tar.read_bytes()).hexdigest()}")
    print(f"On the other machine: tar xf {tar.name} && sh {out.name}/install.sh /opt/truceline")


if __name__ == "__main__":
    main()
