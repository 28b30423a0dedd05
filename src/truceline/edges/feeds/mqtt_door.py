"""MQTT for a small site without a broker: sensors publish straight to the feed.

It speaks as a broker does to those who publish (3.1.1; qualities 0, 1, 2), and acknowledges a message once it is
durable: no broker holds it in memory meanwhile. To nobody does it give anything out: subscriptions are declined.
Without TLS and client certificates it lets everybody in who reaches its address.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.edges.clock import now_us
from truceline.edges.feeds.accept import accept
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.lines import Reader, read_lines
from truceline.formats import mqtt
from truceline.formats.mqtt import Publication
from truceline.model.problem import Place, Problem

IDLE_S = 600.0  # of a publisher that promises no sign of life
ALIVE = 1.5  # times the keep alive: after that the standard closes the connection
ACKNOWLEDGED = {1: mqtt.PUBACK, 2: mqtt.PUBREC}


@dataclass
class MqttDoor:
    """One listening address. topic: the pattern of topics that belong to this feed."""

    name: str
    host: str
    port: int
    topic: str
    reader: Reader
    tls: ssl.SSLContext | None = None
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, put: Put, health: Health) -> None:
        """Listen for ever. Raises OSError if the address cannot be had."""

        def opened(port: int) -> None:
            self.port = port
            self.listening.set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
            try:
                await self._publisher(reader, writer, put)
            except ValueError as fault:
                raise ConnectionError(f"{fault}; {peer} was cut off") from None

        await accept(self.host, self.port, self.tls, health, serve, opened)

    async def _publisher(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, put: Put) -> None:
        """One publisher, from its CONNECT to its end. Raises ValueError for what is no MQTT."""
        head, body = await _packet(reader, IDLE_S)
        if head >> 4 != mqtt.CONNECT:
            raise ValueError("the first packet is no CONNECT")
        try:
            came = mqtt.read_connect(body)
        except mqtt.OtherLevelError:
            writer.write(mqtt.connack(mqtt.OTHER_LEVEL))
            raise
        writer.write(mqtt.connack(mqtt.WELCOME))
        idle_s = ALIVE * came.keep_alive_s or IDLE_S
        try:
            while True:
                head, body = await _packet(reader, idle_s)
                if head >> 4 == mqtt.DISCONNECT:
                    return
                if head >> 4 == mqtt.PUBLISH:
                    said = mqtt.read_publish(head & 15, body)
                    await put(Item(self._message(said), done=_acknowledge(writer, said)))
                else:
                    writer.write(_answer(head >> 4, body))
                await writer.drain()
        except (OSError, EOFError, ValueError):
            if came.will is not None:
                await put(Item(self._message(came.will)))
            raise

    def _message(self, said: Publication) -> Message:
        return Message(
            feed=self.name, data=said.payload, digest=sha256(said.payload).hexdigest(), received_us=now_us(),
            media_type=self.reader.media_type, peer=said.topic,
        )  # fmt: skip

    def read(self, message: Message) -> Outcome:
        """Every line of a message."""
        if not mqtt.matches(message.peer, self.topic):
            what = f"topic {message.peer!r} is none of {self.topic!r}"
            return Outcome(problems=(Problem(Place(self.name), what, "publish to the feed's own topics", fatal=False),))
        return read_lines(self.reader, message)


async def _packet(reader: asyncio.StreamReader, idle_s: float) -> tuple[int, bytes]:
    """The head and the body of the next packet. Raises ValueError, EOFError, TimeoutError."""
    async with asyncio.timeout(idle_s):
        head = (await reader.readexactly(1))[0]
        length, shift, more = 0, 0, True
        while more:
            if shift > 21:
                raise ValueError("a packet's length has more than four bytes")
            byte = (await reader.readexactly(1))[0]
            length |= (byte & 127) << shift
            shift, more = shift + 7, byte > 127
        if length > mqtt.MOST_BYTES:
            raise ValueError(f"a packet claims {length:,} bytes, more than {mqtt.MOST_BYTES:,}")
        return head, await reader.readexactly(length)


def _acknowledge(writer: asyncio.StreamWriter, said: Publication) -> Callable[[], None] | None:
    """How a publication is acknowledged, once it is durable."""
    if not said.quality:
        return None
    words = mqtt.answer(ACKNOWLEDGED[said.quality], said.number)
    return lambda: None if writer.is_closing() else writer.write(words)


def _answer(kind: int, body: bytes) -> bytes:
    """What is answered at once. Raises ValueError for what a publisher may not say."""
    match kind:
        case mqtt.PINGREQ:
            return mqtt.pong()
        case mqtt.PUBREL:
            return mqtt.answer(mqtt.PUBCOMP, mqtt.number_of(body))
        case mqtt.SUBSCRIBE:
            return mqtt.answer(mqtt.SUBACK, mqtt.number_of(body), bytes([mqtt.NOT_SUBSCRIBED]) * mqtt.topics_of(body))
        case mqtt.UNSUBSCRIBE:
            return mqtt.answer(mqtt.UNSUBACK, mqtt.number_of(body))
    raise ValueError(f"a packet of kind {kind} comes from no publisher")
