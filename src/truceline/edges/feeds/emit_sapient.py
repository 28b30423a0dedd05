"""An exercise spoken by SAPIENT nodes: each registers, reports its state, and reports what it saw when it saw it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.edges.clock import now_us
from truceline.edges.feeds.emit import PAUSE_S, Emitted, Pace, node_id, pace
from truceline.edges.feeds.ids import stable_ulid
from truceline.formats import sapient_write as write
from truceline.formats.sapient import read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.instant import Instant
from truceline.model.network import Network
from truceline.model.observation import Arrival, Bearing, Fix, Labels, Observation, Status, Track

STATUS_EVERY_S = 5.0
M_PER_DEGREE = 111_195.0
WORDS = {  # a class as a node's maker would name it
    "outgoing": "Muzzle blast", "impact": "Impact", "explosion": "Explosion", "airburst": "Explosion",
    "burst": "Gunfire burst", "shot": "Gunshot", "uav": "UAV", "vehicle": "Land Vehicle", "vessel": "Sea Vessel",
    "aircraft": "Aircraft", "fire": "Fire", "missile": "Missile", "flare": "Flare",
}  # fmt: skip
NODE_TYPES = {"acoustic_array": "acoustic", "microphone": "acoustic", "seismic": "seismic", "radar": "radar"}


async def emit_sapient(
    host: str, port: int, network: Network, observations: Sequence[Observation], speed: float, chance: random.Random
) -> Emitted:
    """One node a sensor, each on a connection of its own."""
    done = Emitted()
    by_sensor: dict[str, list[Observation]] = {}
    for seen in observations:
        by_sensor.setdefault(seen.sensor, []).append(seen)
    at = pace(observations, speed)
    async with asyncio.TaskGroup() as group:
        for sensor, own in sorted(by_sensor.items()):
            if sensor in network.by_id:
                node = _Node(host, port, network, sensor, own, at, chance, done)
                group.create_task(node.run())
    return done


@dataclass
class _Node:
    """A sensor's node: registers, reports its state, then sends what it saw when it saw it."""

    host: str
    port: int
    network: Network
    sensor: str
    observations: Sequence[Observation]
    at: Pace
    chance: random.Random
    done: Emitted
    _next: int = 0

    async def run(self) -> None:
        while self._next < len(self.observations):
            try:
                await self._connected()
            except (OSError, EOFError):
                self.done.cuts += 1
                await asyncio.sleep(PAUSE_S * self.chance.uniform(0.5, 1.5))

    async def _connected(self) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        listening = asyncio.create_task(self._listen(reader))
        try:
            known = self.network.by_id[self.sensor]
            kind = NODE_TYPES.get(known.kind, "camera")
            self._send(writer, write.sensor_registration(self._envelope(now_us()), kind, self.sensor, STATUS_EVERY_S))
            moment = now_us()
            report = stable_ulid(self.sensor, moment)
            self._send(writer, write.sensor_status(self._envelope(moment), report, known.lon, known.lat))
            while self._next < len(self.observations):
                seen = self.observations[self._next]
                await self.at.until(seen.time_us)
                data = self._report(seen)
                if data is not None:
                    self._send(writer, data)
                    await writer.drain()
                    self.done.sent += 1
                if listening.done():
                    raise EOFError
                self._next += 1
            await asyncio.sleep(0.2)  # answers to the last
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        nobody = Sender(sensor=self.sensor, time_sigma_s=1.0)
        while True:
            length = int.from_bytes(await reader.readexactly(4), "little")
            said = read_message("", await reader.readexactly(length), Receipt(received_us=now_us(), digest=""), nobody)
            if said.kind == "error" or said.text.startswith("rejected"):
                words = f"{self.sensor}: {said.text}"
                self.done.rejected[words] = self.done.rejected.get(words, 0) + 1

    def _report(self, seen: Observation) -> bytes | None:
        """An observation as this node would report it; None for kinds that SAPIENT has no word for."""
        moment = self.at.moved(seen.time_us)
        envelope, id_ = self._envelope(moment), stable_ulid(seen.id, moment)
        classes = _words(seen.labels)
        match seen:
            case Fix() | Track():
                thing = stable_ulid(seen.track if isinstance(seen, Track) else seen.id, self.at.first_us)
                place = (seen.lon, seen.lat, seen.sigma_m / M_PER_DEGREE)
                return write.detection_place(envelope, id_, thing, place, classes)
            case Bearing() | Arrival() if seen.azimuth_deg is not None and seen.azimuth_sigma_deg is not None:
                return write.detection_ray(envelope, id_, id_, (seen.azimuth_deg, seen.azimuth_sigma_deg), classes)
            case Status():
                known = self.network.by_id[self.sensor]
                system = {"detecting": "ok", "degraded": "warning"}.get(seen.state, "error")
                return write.sensor_status(envelope, id_, known.lon, known.lat, system=system)
            case _:
                return None

    def _envelope(self, time_us: Instant) -> write.Envelope:
        return write.Envelope(node=node_id(self.sensor), destination="", time_us=time_us)

    def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(len(data).to_bytes(4, "little") + data)


def _words(labels: Labels) -> list[tuple[str, float]]:
    return [(WORDS.get(name, "Other"), share) for name, share in labels]
