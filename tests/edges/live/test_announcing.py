"""A service with an announce.toml tells by itself of what people publish, and says whom it could not tell."""

import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from edges.test_announce import SECRET, Receiver, published, receiver
from truceline.edges.announce.product import Product
from truceline.edges.live.data_folder import DataFolder
from truceline.findings.decision import id_of

from .conftest import staged
from .making import mission_folder

PATIENCE_S = 20.0
__all__ = ["receiver"]


def test_what_is_published_is_told_and_who_was_not_told_is_said(tmp_path: Path, receiver: Receiver) -> None:
    data = DataFolder(tmp_path / "data")
    data.folder.mkdir()
    data.announce.write_text(f'[[webhook]]\nname = "desk"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n')
    data.announce.chmod(0o600)
    for stage in staged(data, mission_folder(tmp_path / "mission")):
        decided = stage.service.decisions.all
        decided += published(len(decided) + 1)
        until = time.monotonic() + PATIENCE_S
        while not receiver.came:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert receiver.came[0][0]["Truceline-Delivery"] == id_of(decided[-1].number)
        assert stage.service.untold() == []
        deliveries = stage.service._announcer.deliveries
        lost = Product(number=99, finding="F-lost", at_us=0, status="exercise")
        deliveries.want("webhook desk", lost, 2**60)
        for _ in range(12):
            deliveries.not_taken("webhook desk", 99, "away", 2**60)
        stage.sign_in()
        assert "webhook desk was not told of F-lost" in stage.client.get("/api/v1/stands").json()["faults"]
        assert "truceline_untold 1" in stage.client.get("/metrics", headers=stage.feed).text
