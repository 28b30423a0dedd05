"""The house tidies itself: lengths, names, words, places that must not be named, and layers that leave nothing out."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "truceline"
MOST_FUNCTION_LINES, MOST_FILE_LINES = 70, 500
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "services", "managers", "manager"}
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "crates" + ".io", "conda" + ".anaconda.org")
PLACES = ("/" + "work/", "/" + "root/", "/" + "home/", ".." + "/shared", "C:" + "\\Users")
TRUST = "confi" + "dence"


@cache
def tracked() -> tuple[Path, ...]:
    """The files that the repository keeps; without git, those that it would."""
    try:
        said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        folders = ("src", "tests", "benchmarks", "scripts", "docs", "missions", "worlds")
        found = [path for folder in folders for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*"))
        return tuple(sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts))
    return tuple(path for name in said.decode().split("\0") if name and (path := ROOT / name).is_file())


def modules(*folders: str) -> list[Path]:
    """Tracked Python files below these folders."""
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


EVERYWHERE = ("src", "tests", "benchmarks", "scripts")


def test_files_are_short() -> None:
    lines = {shown(path): path.read_text("utf-8").count("\n") for path in modules(*EVERYWHERE)}
    assert {path: count for path, count in lines.items() if count > MOST_FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = {}
    for path in modules(*EVERYWHERE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    long[f"{shown(path)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_every_module_begins_with_what_it_is() -> None:
    silent = []
    for path in modules(*EVERYWHERE):
        tree = ast.parse(path.read_text("utf-8"))
        if not ast.get_docstring(tree) and (tree.body or shown(path).startswith("src/")):
            silent.append(shown(path))
    assert silent == []


def test_no_room_is_a_bag() -> None:
    named = ((shown(path), {*path.relative_to(ROOT).parts[:-1], path.stem}) for path in modules("src"))
    assert [path for path, names in named if names & BANNED_NAMES] == []


def test_no_file_names_a_registry_a_machine_or_a_folder_beside_the_project() -> None:
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if named := [word for word in (*HOSTS, *PLACES) if word.encode() in data]:
            found[shown(path)] = named
    assert found == {}


def test_what_is_a_probability_a_sigma_or_a_reliability_is_called_so() -> None:
    """Wire formats are left out: their fields are named by their standards."""
    word = re.compile(rf"\b{TRUST}\b", re.IGNORECASE)
    told = [path for path in tracked() if path.suffix in (".py", ".md", ".toml", ".json", ".html", ".js", ".css")]
    ours = [path for path in told if not {"tests", "formats", "fuzz"} & {*path.parts}]
    assert [shown(path) for path in ours if word.search(path.read_text("utf-8"))] == []


def contracts() -> list[dict[str, object]]:
    """The import contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, object]] = settings["tool"]["importlinter"]["contracts"]
    return found


def rooms() -> set[str]:
    """The top-level names of the package."""
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    return folders | {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}


def test_the_layers_leave_no_room_out() -> None:
    (layers,) = [contract for contract in contracts() if contract["type"] == "layers"]
    named = {name.strip(" ()") for layer in _list(layers, "layers") for name in layer.split("|")}
    assert layers["exhaustive"] is True
    assert rooms() <= named


def test_purity_is_asked_of_every_room_but_the_edges() -> None:
    (purity,) = [contract for contract in contracts() if "time" in _list(contract, "forbidden_modules")]
    # The client runs with whoever asks a service, and asks over the network.
    pure = rooms() - {"edges", "client"}
    assert {name.removeprefix("truceline.") for name in _list(purity, "source_modules")} >= pure
    world = {"os", "pathlib", "random", "socket", "sqlite3", "logging", "asyncio"}
    assert set(_list(purity, "forbidden_modules")) >= world
    assert not purity.get("ignore_imports")


def test_breach_and_attribution_are_held_apart() -> None:
    (apart,) = [contract for contract in contracts() if contract["type"] == "independence"]
    assert set(_list(apart, "modules")) == {"truceline.terms", "truceline.attribution"}


def _list(contract: dict[str, object], key: str) -> list[str]:
    found = contract.get(key, [])
    assert isinstance(found, list)
    return found


def test_the_lock_names_hashes_and_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert packages and all("--hash=sha256:" in package for package in packages)
