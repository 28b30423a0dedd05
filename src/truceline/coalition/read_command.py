"""coalition/command.toml of a mission → Framework.

[[post]]  id, title, kind, tenures = [{at, nation}], answers = [{at, to?}]
[[watch]] post, person, from, until, handed_over?, note?
[[task]]  id, kind, post, words, by, at, until?, sensor?
"""

from truceline.coalition.command import KINDS, TASKS, AnswersTo, Framework, Post, Task, Tenure, Watch
from truceline.coalition.reading import Reader, by_id, in_order
from truceline.formats.fields import Fields
from truceline.formats.toml_document import read_toml

TABLES = ("post", "watch", "task")
POST = ("id", "title", "kind", "tenures", "answers")
WATCH = ("post", "person", "from", "until", "handed_over", "note")
TASK = ("id", "kind", "post", "words", "by", "at", "until", "sensor")


def read_command(file: str, data: bytes, nations: frozenset[str]) -> Framework:
    """The framework. Raises Unusable with every fault at its line; a task that is not one of looking is a fault."""
    reader = Reader(read_toml(file, data), TABLES)
    posts = reader.each("post", POST, lambda fields: _post(reader, fields))
    watches = reader.each("watch", WATCH, _watch)
    tasks = reader.each("task", TASK, _task)
    ids = [one.id for one in posts]
    reader.unique("post", ids)
    reader.unique("task", [one.id for one in tasks])
    for one in posts:
        reader.known("nation", one.id, {entry.nation for entry in one.tenures}, nations)
        reader.known("post", one.id, {entry.to for entry in one.answers if entry.to is not None}, ids)
    reader.known("post", "a watch", {one.post for one in watches}, ids)
    for task in tasks:
        reader.known("post", task.id, [task.post], ids)
    reader.finish()
    return Framework(
        by_id(posts),
        tuple(sorted(watches, key=lambda one: (one.from_us, one.post, one.person))),
        tuple(sorted(tasks, key=lambda one: (one.at_us, one.id))),
    )


def _post(reader: Reader, fields: Fields) -> Post:
    return Post(
        id=fields.text("id"),
        title=fields.text("title"),
        kind=fields.choice("kind", KINDS),
        tenures=in_order(
            reader.entries(fields, "tenures", lambda one: Tenure(at_us=one.instant("at"), nation=one.text("nation"))),
            lambda one: one.at_us,
        ),
        answers=in_order(
            reader.entries(
                fields, "answers", lambda one: AnswersTo(at_us=one.instant("at"), to=one.text_or_none("to"))
            ),
            lambda one: one.at_us,
        ),
    )


def _watch(fields: Fields) -> Watch:
    start, end = fields.instant("from"), fields.instant("until")
    if end <= start:
        fields.fault("until", "'until' is not after 'from'", "let the watch end after it begins")
    return Watch(
        post=fields.text("post"),
        person=fields.text("person"),
        from_us=start,
        until_us=end,
        handed_over_us=fields.instant_or_none("handed_over"),
        note=fields.text_or_none("note") or "",
    )


def _task(fields: Fields) -> Task:
    return Task(
        id=fields.text("id"),
        kind=fields.choice("kind", TASKS),
        post=fields.text("post"),
        words=fields.text("words"),
        by=fields.text("by"),
        at_us=fields.instant("at"),
        until_us=fields.instant_or_none("until"),
        sensor=fields.text_or_none("sensor"),
    )
