"""Pictures of a report for the documents, taken with a Chromium that is on the machine.

    python scripts/screenshots.py OUT/report.html docs/how-to/images

Writes report-map.png (as the system has it) and report-findings-red.png (red light). Needs chromium on the PATH.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SHOTS = (
    ("report-map.png", ("map-section",), "system", (1000, 1330)),
    ("report-findings-red.png", ("timeline", "findings"), "red", (1000, 1150)),
)
SCALE = 0.7
MOST_BYTES = 200_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="a report.html")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    args = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("No chromium on the PATH: on Debian, apt install chromium", file=sys.stderr)
        return 1
    args.folder.mkdir(parents=True, exist_ok=True)
    for name, sections, theme, size in SHOTS:
        picture = args.folder / name
        shoot(browser, args.page.read_text("utf-8"), sections, theme, size, picture)
        length = picture.stat().st_size
        print(f"{picture}: {length:,} bytes")
        if length > MOST_BYTES:
            print(f"{picture} is larger than {MOST_BYTES:,} bytes", file=sys.stderr)
            return 1
    return 0


def shoot(browser: str, html: str, sections: tuple[str, ...], theme: str, size: tuple[int, int], picture: Path) -> None:
    """Some sections of the page in one theme, without the policy that would forbid to leave the others out."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    kept = "".join(f":not(#{section})" for section in sections)
    html = html.replace("</style>", f"section{kept},nav{{display:none}}</style>", 1)
    html = html.replace('id="theme-system" checked', 'id="theme-system"')
    html = html.replace(f'id="theme-{theme}"', f'id="theme-{theme}" checked')
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, "utf-8")
        subprocess.run(
            [
                browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-background-networking", f"--user-data-dir={folder}/profile",
                f"--force-device-scale-factor={SCALE}", f"--window-size={size[0]},{size[1]}",
                f"--screenshot={picture.resolve()}", page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
