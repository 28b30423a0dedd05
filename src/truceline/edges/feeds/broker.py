"""An MQTT broker inside the feed's own process, for a small site that has none (amqtt). Larger sites run mosquitto.

It lets everybody in who reaches its address: bind it to the site's own network, and let sensors sign their lines.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from amqtt.broker import Broker
from amqtt.errors import AMQTTError

MOST_CONNECTIONS = 200


@asynccontextmanager
async def embedded_broker(host: str, port: int) -> AsyncIterator[None]:
    """A broker while the context lasts. Raises OSError if the address cannot be had."""
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}", "max_connections": MOST_CONNECTIONS}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    try:
        await broker.start()
    except AMQTTError as error:
        raise OSError(f"the broker cannot listen at {host}:{port} ({error})") from None
    try:
        yield
    finally:
        await broker.shutdown()
