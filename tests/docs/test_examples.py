"""The examples of the documents run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import ROOT, documents, examples

PAGES = [page for page in documents() if examples(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_run_one_after_another(page: Path, tmp_path: Path) -> None:
    for name in ("missions", "worlds"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for example in examples(page):
        command = ["sh", "-e", "-c", example.script]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == example.exit_code, (f"{page}:{example.line}", done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        printed = " ".join(done.stdout.split())  # thin and unbreakable spaces are spaces
        assert [line for line in example.output if line not in printed] == [], done.stdout


def test_the_first_page_has_examples_that_run() -> None:
    assert len(examples(ROOT / "README.md")) >= 4
