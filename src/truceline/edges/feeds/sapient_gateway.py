"""The gateway of SAPIENT edge nodes: a TCP server (TLS if wanted) that answers as BSI Flex 335 v2.0 asks.

A node registers first and is accepted if the mission knows it, it is no effector, and, where its certificate is
given, it shows that one. Then its states, detections and alerts are kept, late ones too. Whatever is faulty by the
standard is answered with an error that says what is wrong; tasks are rejected. A frame whose length cannot be true
ends the connection: what follows it could be anything. A registration holds for the connection on which it came.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from truceline.edges.clock import now_us
from truceline.edges.feeds.accept import accept
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.tls import fingerprint
from truceline.formats import sapient_write as write
from truceline.formats.sapient import MOST_BYTES, Said, read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.problem import Place, Problem

MEDIA_TYPE = "application/x-protobuf; messageType=sapient_msg.bsi_flex_335_v2_0.SapientMessage"
MOST_UNHEARD = 4 * MOST_BYTES  # of answers that wait for one node
IDLE_S = 300.0  # a node says something within its status interval; silence so long is a dead connection


@dataclass(frozen=True, slots=True)
class KnownNode:
    """A node that the mission knows: the sensor it is, and the SHA-256 of its certificate ("" : any, or none)."""

    sender: Sender
    certificate: str = ""

    def shown(self, peer: str) -> bool:
        """Whether a peer has shown the certificate that is wanted."""
        return not self.certificate or self.certificate == peer.rpartition(" ")[2]


@dataclass(slots=True)
class _Node:
    """What a node has said so far."""

    sender: Sender
    types: tuple[str, ...]
    peer: str


@dataclass
class SapientGateway:
    """One listening address. nodes: by node id. node: our own id. registered_before: known nodes need not register."""

    name: str
    host: str
    port: int
    node: str
    nodes: Mapping[str, KnownNode]
    tls: ssl.SSLContext | None = None
    idle_s: float = IDLE_S
    registered_before: bool = False
    _registered: dict[str, _Node] = field(default_factory=dict)
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, put: Put, health: Health) -> None:
        """Listen for ever. Raises OSError if the address cannot be had."""

        def opened(port: int) -> None:
            self.port = port
            self.listening.set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
            await self._connection(reader, writer, peer, put, health)

        try:
            await accept(self.host, self.port, self.tls, health, serve, opened)
        finally:
            self.listening.clear()

    async def _connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str, put: Put, health: Health
    ) -> None:
        """Frames of one connection, one after the other. Raises OSError, EOFError when it ends."""
        shown = fingerprint(writer.get_extra_info("ssl_object"))
        peer += f" {shown}" if shown else ""

        async def reply(data: bytes) -> None:
            """Never waits: who reads no answers is not read either, and in the end cut off. Raises OSError if gone."""
            if writer.is_closing():
                raise ConnectionResetError("the node is gone")
            writer.write(len(data).to_bytes(4, "little") + data)
            if writer.transport.get_write_buffer_size() > MOST_UNHEARD:
                health.erred("a node reads no answers: it was cut off")
                writer.transport.abort()

        while True:
            async with asyncio.timeout(self.idle_s):
                await writer.drain()
                length = int.from_bytes(await reader.readexactly(4), "little")
                data = await reader.readexactly(length) if 0 < length <= MOST_BYTES else None
            if data is None:
                said = f"a frame claims {length:,} bytes; 1 to {MOST_BYTES:,} are possible: connection closed"
                health.erred(said)
                await reply(write.error(self._envelope("", now_us()), length.to_bytes(4, "little"), [said]))
                return
            message = Message(
                feed=self.name, data=data, digest=sha256(data).hexdigest(), received_us=now_us(),
                media_type=MEDIA_TYPE, peer=peer,
            )  # fmt: skip
            await put(Item(message, reply))

    def _envelope(self, destination: str, time_us: int) -> write.Envelope:
        return write.Envelope(node=self.node, destination=destination, time_us=time_us)

    def read(self, message: Message) -> Outcome:
        """What a message says, and what is answered."""
        receipt = Receipt(received_us=message.received_us, digest=message.digest)
        first = read_message(message.peer, message.data, receipt, _NOBODY)
        envelope = self._envelope(first.node if not first.faulty else "", message.received_us)
        if first.faulty:
            faults = [f"{problem.place.field}: {problem.what}" for problem in first.problems if problem.fatal]
            return Outcome(problems=first.problems, replies=(write.error(envelope, message.data, faults),))
        if first.kind == "registration":
            return self._registration(message, first, envelope)
        if first.kind == "task":
            rejected = write.task_rejected(envelope, first.message_id, [first.declined])
            return Outcome(problems=(_problem(message, first.kind, first.declined),), replies=(rejected,))
        try:
            node = (
                self._before(first.node, message.peer) if self.registered_before else self._registered.get(first.node)
            )
        except ValueError as error:
            return Outcome(problems=(_problem(message, "node_id", str(error)),))
        if node is None or node.peer != message.peer:
            said = f"node {first.node} has not registered on this connection: register first"
            return Outcome(
                problems=(_problem(message, "node_id", said),), replies=(write.error(envelope, message.data, [said]),)
            )
        said_now = read_message(message.peer, message.data, receipt, node.sender, node.types)
        if said_now.status is not None and said_now.status.at is not None:
            lon, lat = said_now.status.at
            node.sender = replace(node.sender, lon=lon, lat=lat)
        replies = (write.alert_ack(envelope, first.message_id),) if first.kind == "alert" else ()
        facts = tuple(fact for fact in (said_now.status, said_now.alert) if fact is not None)
        if first.kind in ("error", "task_ack", "alert_ack", "registration_ack"):
            words = _problem(message, first.kind, f"the node says: {said_now.text or first.kind}")
            return Outcome(problems=(*said_now.problems, words))
        return Outcome(observations=said_now.observations, facts=facts, problems=said_now.problems, replies=replies)

    def _before(self, name: str, peer: str) -> _Node | None:
        """A known node that speaks again, on whatever connection it spoke. Raises ValueError if it was another."""
        known = self.nodes.get(name)
        if known is None:
            return None
        if not known.shown(peer):
            raise ValueError(_OTHER_CERTIFICATE.format(name))
        node = self._registered.setdefault(name, _Node(known.sender, (), peer))
        node.peer = peer
        return node

    def _registration(self, message: Message, said: Said, envelope: write.Envelope) -> Outcome:
        assert said.registration is not None
        known = self.nodes.get(said.node)
        reason = said.declined
        if not reason and known is None:
            reason = f"node {said.node} is not known to this mission: have it entered first"
        if not reason and known is not None and not known.shown(message.peer):
            reason = _OTHER_CERTIFICATE.format(said.node)
        if reason or known is None:
            refused = write.registration_ack(envelope, False, [reason])
            return Outcome(problems=(_problem(message, "registration", reason),), replies=(refused,))
        self._registered[said.node] = _Node(known.sender, said.registration.types, message.peer)
        return Outcome(facts=(said.registration,), replies=(write.registration_ack(envelope, True),))


_OTHER_CERTIFICATE = "node {} comes with another certificate than the mission holds: check who it is"
_NOBODY = Sender(sensor="?", time_sigma_s=1.0)


def _problem(message: Message, field_: str, said: str) -> Problem:
    what, _, remedy = said.partition(": ")
    return Problem(Place(message.peer, field=field_), what, remedy or "see the reason", fatal=False)
