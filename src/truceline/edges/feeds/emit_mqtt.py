"""An exercise over MQTT: lines of contract 1 published to PREFIX/SENSOR at quality of service 1."""

import asyncio
from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from truceline.edges.feeds.emit import Emitted, ndjson_lines
from truceline.model.observation import Observation

KEEPALIVE_S, CONFIRM_S = 30, 30.0


async def emit_mqtt(host: str, port: int, prefix: str, observations: Sequence[Observation], speed: float) -> Emitted:
    """Publish every observation when it is due; returns when the last is confirmed. Raises OSError if it is not."""
    done = Emitted()
    client: Any = Client(CallbackAPIVersion.VERSION2)
    await asyncio.to_thread(client.connect, host, port, KEEPALIVE_S)
    client.loop_start()
    try:
        last = None
        async for sensor, line in ndjson_lines(observations, speed):
            last = client.publish(f"{prefix}/{sensor}", line, qos=1)
            done.sent += 1
            if done.sent % 100 == 0:
                await asyncio.to_thread(_confirmed, last)
        if last is not None:
            await asyncio.to_thread(_confirmed, last)
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
    return done


def _confirmed(last: Any) -> None:
    try:
        last.wait_for_publish(CONFIRM_S)
    except RuntimeError as error:
        raise ConnectionError(f"the other side is gone ({error})") from None
    if not last.is_published():
        raise ConnectionError(f"nothing was confirmed within {CONFIRM_S:g} s")
