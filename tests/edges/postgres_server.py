"""A PostgreSQL server for tests: its own cluster in a folder, on a socket in that folder, nothing else touched."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

BINARIES = next((p for p in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
POSTGIS = any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def is_there() -> bool:
    """Whether PostgreSQL with PostGIS is installed, and can be run from here. In continuous integration it must be."""
    return "CI" in os.environ or (BINARIES is not None and POSTGIS and (os.getuid() != 0 or _postgres() is not None))


def _postgres() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


class Server:
    """One server. Run by root it belongs to the user postgres: PostgreSQL refuses to run as root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="truceline-pg-"))
        self._user = _postgres() if os.getuid() == 0 else None
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "test", "-A", "trust", "-k", "-E", "UTF8", "--no-sync"
        )
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"postgresql+psycopg://test@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it; on return it answers."""
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=40"
        try:
            self._run(
                "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
            )
        except subprocess.CalledProcessError as error:
            error.add_note((self.folder / "log").read_text("utf-8", "replace")[-2000:])
            raise

    def kill(self) -> None:
        """Kill it and all its processes, as a loss of power would: first it is held, so that it begins no further."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGSTOP)
        listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
        every = [*map(int, listed.split()), pid]
        for one in every:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{one}").exists() for one in every):
            assert time.monotonic() < deadline, "a process of the server does not end"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str, check: bool = True) -> None:
        assert BINARIES is not None
        user = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        subprocess.run(
            [str(BINARIES / name), *arguments], check=check, cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **user,  # type: ignore[call-overload]
        )  # fmt: skip
