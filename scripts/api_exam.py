"""Schemathesis against a service of our own: requests made from the OpenAPI document, answers held against it.

    python scripts/api_exam.py --schemathesis PATH-OF-ITS-COMMAND --examples 100

Schemathesis is no dependency of the project: install it into an environment of its own and name its command. A service
of missions/first-light is started on this machine, some lines are sent to it, and all is asked as a seat on duty with
the key of the feeds. Ends with its exit code: 0, nothing found.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

ROOT = Path(__file__).parents[1]
COMMAND = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"
HOOKS = '''
import json
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A batch: text as it is, a list a line each."""
    if isinstance(value, (bytes, str)):
        return value if isinstance(value, bytes) else value.encode("utf-8", "replace")
    return b"\\n".join(json.dumps(one).encode() for one in (value if isinstance(value, list) else [value]))
'''
SETTINGS = """
[auth.openapi.session]
api_key = "{session}"
[auth.openapi.feed]
bearer = "{feed}"
[auth.openapi.program]
username = "nobody"
password = "no"
"""
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,ignored_auth"
)
# What feeds send is kept and answered line by line, whether it can be used or not: a wrong body is no refusal there.
ALL = {"GET": f"{CHECKS},negative_data_rejection", "POST": CHECKS}


def session(link: str) -> str:
    """The key of a session begun with a one-time link."""
    at = urlsplit(link)
    connection = HTTPConnection(at.netloc)
    body = urlencode({"key": parse_qs(at.query)["key"][0]})
    connection.request("POST", "/sign-in", body, {"Content-Type": "application/x-www-form-urlencoded"})
    cookie = connection.getresponse().getheader("Set-Cookie") or ""
    connection.close()
    return cookie.partition(";")[0].partition("=")[2]


def some_lines(url: str, key: str) -> None:
    """Send the first lines of the mission, so that there is something to be asked for."""
    lines = (ROOT / "missions" / "first-light" / "observations.ndjson").read_bytes().splitlines()[:1_500]
    headers = {"Authorization": f"Bearer {key}", "Truceline-Status": "exercise", "Content-Type": "application/x-ndjson"}
    urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/observations", b"\n".join(lines), headers)).close()


def main() -> int:
    """Start, ask, end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemathesis", default="schemathesis")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260302)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        serve = ["serve", str(data), "--mission", str(ROOT / "missions" / "first-light"), "--port", "0"]
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *serve], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            url, link = re.findall(r"http\S+", process.stdout.readline() + process.stdout.readline())
            key = (data / "feed.key").read_text("ascii").strip()
            some_lines(url, key)
            (Path(folder) / "schemathesis.toml").write_text(SETTINGS.format(session=session(link), feed=key))
            (Path(folder) / "hooks.py").write_text(HOOKS)
            how = ["--max-examples", str(args.examples), "--seed", str(args.seed), "--rate-limit", "18/s"]
            how += ["--exclude-path", "/api/v1/changes"]  # a stream does not end
            how += ["--header", "Truceline-Status: exercise"]
            exam = [args.schemathesis, "run", f"{url}/openapi.json", *how]
            hooked = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": folder}
            codes = [
                subprocess.run(
                    [*exam, "--include-method", method, "--checks", checks], check=False, cwd=folder, env=hooked
                ).returncode
                for method, checks in ALL.items()
            ]
            return max(codes)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
