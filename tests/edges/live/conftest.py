"""A running service in this process, its workers beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from truceline.edges.live.data_folder import DataFolder, open_store

from .making import mission_folder

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from truceline.edges.live.service import Service


class Stage:
    """A service, who sends to it and who watches it."""

    def __init__(self, client: "TestClient", service: "Service") -> None:
        self.client, self.service = client, service
        self.feed = {
            "Authorization": f"Bearer {service.key}",
            "Truceline-Status": service.mission.status,
            "Content-Type": "application/x-ndjson",
        }

    def sign_in(self, *roles: str, nation: str = "exercise", party: str | None = None) -> None:
        """As somebody of these roles; without any, on duty."""
        key = self.service.people.new_link(*roles, nation=nation, party=party)
        answer = self.client.post("/sign-in", data={"key": key}, follow_redirects=False)
        assert answer.status_code == 303


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A service of the small mission."""
    yield from staged(DataFolder(tmp_path / "data"), mission_folder(tmp_path / "mission"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A service of the small mission for tests that leave nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    yield from staged(DataFolder(folder / "data"), mission_folder(folder / "mission"))


def staged(data: DataFolder, mission: Path) -> Iterator[Stage]:
    pytest.importorskip("fastapi", reason="the extra `service` is not installed")
    from fastapi.testclient import TestClient

    from truceline.edges.api.app import application
    from truceline.edges.live.service import Service

    service = Service(data, open_store(data, mission))
    with TestClient(application(service, secure=False), base_url="http://127.0.0.1") as client:
        yield Stage(client, service)
