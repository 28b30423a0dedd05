"""A running service in this process, its workers beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from fastapi.testclient import TestClient

from truceline.edges.api.app import application
from truceline.edges.live.data_folder import DataFolder, open_store
from truceline.edges.live.service import Service

from .making import mission_folder


class Stage:
    """A service, who sends to it and who watches it."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self.client, self.service = client, service
        self.feed = {
            "Authorization": f"Bearer {service.key}",
            "Truceline-Status": service.mission.status,
            "Content-Type": "application/x-ndjson",
        }

    def sign_in(self) -> None:
        """As somebody on duty."""
        key = self.service.people.new_link("duty")
        answer = self.client.post("/sign-in", data={"key": key}, follow_redirects=False)
        assert answer.status_code == 303


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def stage(data: DataFolder, tmp_path: Path) -> Iterator[Stage]:
    """A service of the small mission."""
    yield from _staged(data, mission_folder(tmp_path / "mission"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A service of the small mission for tests that leave nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    yield from _staged(DataFolder(folder / "data"), mission_folder(folder / "mission"))


@pytest.fixture
def staged(data: DataFolder, tmp_path: Path) -> Callable[[Path | None], Iterator[Stage]]:
    """Makes services on one data folder, one after another."""
    return lambda mission: _staged(data, mission)


def _staged(data: DataFolder, mission: Path | None) -> Iterator[Stage]:
    service = Service(data, open_store(data, mission))
    with TestClient(application(service, secure=False), base_url="http://127.0.0.1") as client:
        yield Stage(client, service)
