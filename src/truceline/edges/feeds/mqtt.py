"""MQTT: lines of contract 1 published to topics, at quality of service 1, acknowledged once they are durable.

The session is kept by the broker under our client id: what was published while we were away, and what we had not
acknowledged, comes again. A message holds one line or several. A slow sink stops the reading of the connection.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from truceline.edges.clock import now_us
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.lines import Reader, read_lines

KEEPALIVE_S = 30
QUALITY = 1
MOST_PAYLOAD = 1024 * 1024


@dataclass
class MqttFeed:
    """A subscription. client_id: under which the broker keeps our session; each site its own. lasting: it keeps it."""

    name: str
    host: str
    port: int
    topic: str
    reader: Reader
    client_id: str
    tls: ssl.SSLContext | None = None
    lasting: bool = True
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, put: Put, health: Health) -> None:
        """Bring messages until the connection ends (OSError)."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str] = loop.create_future()
        client: Any = Client(
            CallbackAPIVersion.VERSION2, client_id=self.client_id, clean_session=not self.lasting, manual_ack=True
        )
        if self.tls is not None:
            client.tls_set_context(self.tls)

        def end(why: str) -> None:
            loop.call_soon_threadsafe(lambda: None if ended.done() else ended.set_result(why))

        def connected(_client: Any, _user: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                end(f"the broker refused: {reason}")
            else:
                client.subscribe(self.topic, qos=QUALITY)

        def heard(_client: Any, _user: Any, message: Any) -> None:
            """On the network's thread: waits for a place in the queue, so that the broker is not read on meanwhile."""
            item = self._item(client, message)
            if item is None:
                health.erred(f"a message of {len(message.payload):,} bytes is too large: it was not taken")
                client.ack(message.mid, message.qos)
                return
            try:
                asyncio.run_coroutine_threadsafe(put(item), loop).result()
            except (RuntimeError, asyncio.CancelledError):
                end("stopped")

        client.on_connect = connected
        client.on_subscribe = lambda *_: loop.call_soon_threadsafe(self.subscribed.set)
        client.on_message = heard
        client.on_disconnect = lambda _c, _u, _f, reason, _p: end(f"the broker is gone: {reason}")
        await asyncio.to_thread(client.connect, self.host, self.port, KEEPALIVE_S)
        health.connections += 1
        client.loop_start()
        try:
            raise ConnectionError(await ended)
        finally:
            self.subscribed.clear()
            client.on_disconnect = None
            await asyncio.shield(asyncio.to_thread(_stop, client))

    def _item(self, client: Any, message: Any) -> Item | None:
        data = bytes(message.payload)
        if len(data) > MOST_PAYLOAD:
            return None
        mid, qos = message.mid, message.qos
        return Item(
            Message(
                feed=self.name, data=data, digest=sha256(data).hexdigest(), received_us=now_us(),
                media_type="application/json", peer=str(message.topic),
            ),
            done=lambda: client.ack(mid, qos),
        )  # fmt: skip

    def read(self, message: Message) -> Outcome:
        """Every line of a message."""
        return read_lines(self.reader, message)


def _stop(client: Any) -> None:
    client.disconnect()
    client.loop_stop()
