"""Tells everybody who is to be told, in a thread of its own, one after another: a receiver that is slow or away holds
up nobody's work."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from truceline.edges import clock
from truceline.edges.announce import mail, webhook
from truceline.edges.announce.deliveries import Deliveries
from truceline.edges.announce.product import Product, product_of
from truceline.edges.announce.settings import Settings
from truceline.edges.announce.webhook import NotTaken
from truceline.findings.decision import Decision
from truceline.model.instant import Instant

LOG = logging.getLogger("truceline.announce")
TICK_S = 1.0
Post = Callable[[Product, Instant], None]


class Announcer:
    """`decided`: all decisions so far."""

    def __init__(
        self, settings: Settings, deliveries: Deliveries, decided: Callable[[], Sequence[Decision]], status: str,
        *, now_us: Callable[[], Instant] = clock.now_us,
    ) -> None:  # fmt: skip
        self.deliveries = deliveries
        self._decided, self._status, self._now_us = decided, status, now_us
        self._posts: Mapping[str, Post] = _posts(settings)
        self._since = {name: deliveries.begin(name, len(decided())) for name in self._posts}
        self._read = min(self._since.values(), default=0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="announcer", daemon=True)

    def start(self) -> None:
        """Begin, if anybody is to be told."""
        if self._posts:
            self._thread.start()

    def stop(self) -> None:
        """End after what is being sent; what is left waits for the next start."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(max(webhook.PATIENCE_S, mail.PATIENCE_S))
        self.deliveries.close()

    def tell(self) -> None:
        """Take up what was published since, and try once all that is due."""
        for decision in self._decided()[self._read :]:
            product = product_of(decision, self._status)
            for name, since in self._since.items():
                if product is not None and product.number >= since:
                    self.deliveries.want(name, product, self._now_us())
            self._read += 1  # only now: what could not be kept is taken up again
        for name, post in self._posts.items():
            for product in self.deliveries.due(name, self._now_us()):
                self._try(name, post, product)

    def _try(self, name: str, post: Post, product: Product) -> None:
        try:
            post(product, self._now_us())
        except NotTaken as why:
            LOG.warning("%s was not told of %s: %s", name, product.id, why)
            self.deliveries.not_taken(name, product.number, str(why), self._now_us())
            return
        self.deliveries.taken(name, product.number)

    def _work(self) -> None:
        while not self._ended.wait(TICK_S):
            try:
                self.tell()
            except sqlite3.Error:
                LOG.exception("what was told cannot be kept; it is tried again")


def _posts(settings: Settings) -> dict[str, Post]:
    posts: dict[str, Post] = {f"webhook {one.name}": partial(webhook.post, one) for one in settings.webhooks}
    if settings.mail is not None:
        to = settings.mail
        posts["mail"] = lambda product, _now_us: mail.post(to, product)
    return posts
