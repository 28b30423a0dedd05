"""SensorThings 1.1 as a client: asks each datastream again and again for what is new."""

import asyncio
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException

from truceline.edges.clock import now_us
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.formats.sensorthings import MOST_BYTES, read_page
from truceline.model.feed import Sender
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem, Unusable

PAGE, MOST_PAGES = 200, 1_000
TIMEOUT_S = 20.0
OVERLAP_US = 60_000_000  # what may have been entered late; repetitions are dropped


@dataclass
class SensorThingsFeed:
    """datastreams: id in the service → the sensor it is. root: the service's URL, ending in /v1.1."""

    name: str
    root: str
    datastreams: Mapping[str, Sender]
    period_s: float
    tls: ssl.SSLContext | None = None
    rounds: int = 0  # of asking; 0: for ever
    _since: dict[str, Instant] = field(default_factory=dict)

    async def receive(self, put: Put, health: Health) -> None:
        """Ask, hand on, wait. Raises OSError if the service does not answer."""
        asked = 0
        while True:
            for datastream in self.datastreams:
                await self._ask(datastream, put, health)
            asked += 1
            if asked == self.rounds:
                return
            await asyncio.sleep(self.period_s)

    async def _ask(self, datastream: str, put: Put, health: Health) -> None:
        url = self._url(datastream)
        for _ in range(MOST_PAGES):
            data = await asyncio.to_thread(self._get, url)
            health.connections += 1
            received = now_us()
            try:
                page = read_page(url, data, received, self.datastreams[datastream])
            except Unusable as unusable:
                raise OSError(str(unusable)) from None
            if page.observations or page.problems:
                await put(Item(self._message(data, datastream, received)))
            self._since[datastream] = max(self._since.get(datastream, 0), min(page.latest_us, received))
            if not page.next_link:
                return
            url = urllib.parse.urljoin(url, page.next_link)
            if not url.startswith(self.root):
                raise OSError(f"the service points elsewhere ({url}): not followed")

    def _url(self, datastream: str) -> str:
        query = {"$orderby": "phenomenonTime asc", "$top": str(PAGE), "$expand": "FeatureOfInterest"}
        since = self._since.get(datastream, 0)
        if since:
            query["$filter"] = f"phenomenonTime ge {format_utc(since - OVERLAP_US)}"
        named = datastream if datastream.isdigit() else "'" + datastream.replace("'", "''") + "'"
        return f"{self.root.rstrip('/')}/Datastreams({named})/Observations?{urllib.parse.urlencode(query)}"

    def _get(self, url: str) -> bytes:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise OSError(f"{url} is no http or https address")
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S, context=self.tls) as answer:  # noqa: S310 (checked above)
                return bytes(answer.read(MOST_BYTES + 1))
        except urllib.error.HTTPError as error:
            raise OSError(f"the service answers {error.code} {error.reason}") from None
        except (HTTPException, ValueError) as error:
            raise OSError(f"no HTTP answer ({type(error).__name__} {error}): damaged on the way?") from None

    def _message(self, data: bytes, datastream: str, received_us: Instant) -> Message:
        return Message(
            feed=self.name, data=data, digest=sha256(data).hexdigest(), received_us=received_us,
            media_type="application/json", peer=datastream,
        )  # fmt: skip

    def read(self, message: Message) -> Outcome:
        """What a page says."""
        sender = self.datastreams.get(message.peer)
        if sender is None:
            what = f"datastream {message.peer!r} is no sensor's"
            return Outcome(problems=(Problem(Place(self.name), what, "enter it in the plan", fatal=False),))
        try:
            page = read_page(message.peer, message.data, message.received_us, sender)
        except Unusable as unusable:
            return Outcome(problems=tuple(unusable.problems))
        return Outcome(observations=page.observations, problems=page.problems)
