"""A service's folder: rights, the log, the mission that it was set up with, people, keys and how old they are."""

import os
from collections.abc import Iterator, Sequence

from truceline.coalition.roster import keeps_watch, watches_of
from truceline.edges import clock
from truceline.edges.announce.settings import read_settings as read_announcing
from truceline.edges.doctor import reach
from truceline.edges.doctor.look import Look
from truceline.edges.intake import understand
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.decisions import read_all
from truceline.edges.live.following import set_up
from truceline.edges.live.service import labels
from truceline.edges.people.openid import read_settings
from truceline.edges.people.sessions import People
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import kinds
from truceline.model.case import Case
from truceline.model.instant import US_PER_HOUR, US_PER_S

OLD_DAYS = 180
SECRETS = ("feed.key", "keys.sqlite", "people.sqlite", "openid.toml", "announce.toml")
NOT_YET = "begin one: truceline serve DATA --mission MISSION"


def rights(data: DataFolder) -> Iterator[Look]:
    """Whether this user may write here, and nobody else may read."""
    if not data.folder.is_dir():
        yield Look("warn", "folder", f"{data.folder} holds no service yet", NOT_YET)
        return
    if not os.access(data.folder, os.R_OK | os.W_OK | os.X_OK):
        yield Look("fail", "folder", "this user may not write in it", "run the service as the folder's owner")
        return
    looks = []
    if data.folder.stat().st_mode & 0o077:
        looks.append(Look("warn", "folder", "others may look into it", f"chmod 700 {data.folder}"))
    for one in sorted(data.folder.iterdir()):
        state = one.lstat()
        if state.st_uid != data.folder.stat().st_uid:
            looks.append(Look("fail", "files", f"{one.name} is of another owner than the folder", f"chown {one}"))
        elif one.name in SECRETS and state.st_mode & 0o077:
            looks.append(Look("fail", "files", f"others than its owner may read {one.name}", f"chmod 600 {one}"))
    yield from looks or [Look("ok", "folder", "its owner's alone")]


def log(data: DataFolder) -> Iterator[Look]:
    """Whether the log is what it was when acknowledged and sealed, and the clock has not gone back since."""
    store = SqliteStore(data.store, read_only=True)
    try:
        faults, size = faults_of(store), store.size
        last_us = max((at_us for _, _, at_us in store.arrivals()), default=0)
    finally:
        store.close()
    for fault in faults:
        yield Look("fail" if fault.fatal else "warn", "log", f"{fault.place}: {fault.what}", fault.remedy)
    if not any(fault.fatal for fault in faults):
        yield Look("ok", "log", f"{size:,} inputs, all as acknowledged")
    if last_us > clock.now_us() + US_PER_S:
        behind_s = (last_us - clock.now_us()) / US_PER_S
        yield Look("fail", "clock", f"it stands {behind_s:.0f} s behind the last input that was kept", "set it right")


def mission(data: DataFolder) -> Iterator[Look]:
    """Whether the mission, its rules of release and its provider can be understood; whether somebody is on watch."""
    case, _ = case_of(data)
    store = SqliteStore(data.store, read_only=True)
    try:
        labels(store, case)
        decisions = read_all(store)
    finally:
        store.close()
    yield Look("ok", "mission", f"{case.name} ({case.status}), {len(case.network.sensors)} sensors")
    watches, now_us = watches_of(decisions), clock.now_us()
    if any(keeps_watch(watches, one.person, now_us) for one in watches):
        yield Look("ok", "roster", "somebody keeps the watch now")
    else:
        yield Look("warn", "roster", "nobody is on watch now: nobody sees the floor", "have a director set watches")
    settings = read_settings(data.openid)
    if settings is not None:
        yield Look("ok", "provider", f"people may sign in with {settings.name}")
    told = read_announcing(data.announce)
    if told.webhooks or told.mail is not None:
        yield Look("ok", "announcing", f"{len(told.webhooks)} webhooks{', and mail' if told.mail else ''}")


def people(data: DataFolder) -> Iterator[Look]:
    """Whether an administrator can sign in, and how old the keys of programs are."""
    add = "give one: truceline account add DATA ID --role administrator …"
    if not data.people.exists():
        yield Look("warn", "people", "there are no accounts yet", add)
        return
    case, _ = case_of(data)
    known = People(data.people, read_only=True)
    try:
        accounts = [one for one in known.accounts.all() if one.active]
        open_to = [one for one in accounts if known.accounts.ways_in(one.id)]
        old = [one for one, added_us in known.devices() if _days(added_us) > OLD_DAYS]
    finally:
        known.close()
    if any("administrator" in one.roles for one in open_to):
        yield Look("ok", "people", f"{len(accounts)} accounts, an administrator among them who can sign in")
    else:
        yield Look("fail" if case.status == "actual" else "warn", "people", "no administrator can sign in", add)
    if old:
        yield Look("warn", "keys", f"programs' keys of {', '.join(old)} are older than {OLD_DAYS} days",
                   "have them make new ones on their own pages")  # fmt: skip


def feed_key_age(data: DataFolder) -> Iterator[Look]:
    """How old the key of the feeds is."""
    if not data.feed_key.exists():
        yield Look("warn", "keys", "the feeds have no key yet", "the first start makes it")
        return
    days = _days(data.feed_key.stat().st_mtime_ns // 1000)
    if days > OLD_DAYS:
        yield Look("warn", "keys", f"the key of the feeds is {days} days old",
                   "end the service, remove feed.key, start it, and give the feeds the new one")  # fmt: skip
    else:
        yield Look("ok", "keys", f"the key of the feeds is {days} days old")


def witnesses(data: DataFolder, urls: Sequence[str]) -> Iterator[Look]:
    """Whether each witness that was named answers, and knows this log."""
    _, origin = case_of(data)
    yield from reach.witnesses(origin, urls)


def case_of(data: DataFolder) -> tuple[Case, str]:
    """The mission and the name of its log. Raises Unusable."""
    store = SqliteStore(data.store, read_only=True)
    try:
        return understand(set_up(store), kinds()).case, store.origin
    finally:
        store.close()


def _days(since_us: int) -> int:
    return max(0, clock.now_us() - since_us) // (24 * US_PER_HOUR)
