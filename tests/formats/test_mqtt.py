"""MQTT packets as the standard lays them out, and words for what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats import mqtt
from truceline.formats.mqtt import OtherLevelError, Publication, matches, read_connect, read_publish


def word(text: bytes) -> bytes:
    return len(text).to_bytes(2) + text


def connect(flags: int = 2, level: int = 4, rest: bytes = b"", name: bytes = b"MQTT") -> bytes:
    return word(name) + bytes([level, flags]) + (60).to_bytes(2) + word(b"mic-1") + rest


def test_a_publisher_comes_in_with_its_will() -> None:
    came = read_connect(connect(2 | 4 | 64 | 128, rest=word(b"site/mic-1") + word(b"gone") + word(b"u") + word(b"p")))
    assert (came.client, came.keep_alive_s, came.will) == ("mic-1", 60, Publication("site/mic-1", b"gone"))
    assert read_connect(connect()).will is None


def test_what_is_published() -> None:
    assert read_publish(0b0010, word(b"a/b") + b"\x00\x07x") == Publication("a/b", b"x", 1, 7)
    assert read_publish(0b1101, word(b"a/b") + b"\x01\x00") == Publication("a/b", b"", 2, 256)
    assert read_publish(0, word(b"a/b") + b"x") == Publication("a/b", b"x")


def test_answers_as_the_standard_has_them() -> None:
    assert mqtt.connack(mqtt.WELCOME) == b"\x20\x02\x00\x00" and mqtt.pong() == b"\xd0\x00"
    assert mqtt.answer(mqtt.PUBACK, 7) == b"\x40\x02\x00\x07"
    assert mqtt.answer(mqtt.SUBACK, 7, b"\x80") == b"\x90\x03\x00\x07\x80"
    assert mqtt.topics_of(b"\x00\x07" + word(b"a") + b"\x01" + word(b"b") + b"\x00") == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "shorter"), (connect(name=b"HTTP"), "no CONNECT"), (connect()[:-1], "shorter"),
        (connect(rest=b"x"), "longer"), (connect(4, rest=word(b"a/#") + word(b"")), "cannot be published to"),
        (connect(128), "shorter"), (word(b"MQTT"), "no CONNECT"),
    ],
)  # fmt: skip
def test_what_is_no_connect(body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_connect(body)


@pytest.mark.parametrize(("level", "name"), [(5, b"MQTT"), (3, b"MQIsdp")])
def test_another_mqtt_is_told_apart(level: int, name: bytes) -> None:
    with pytest.raises(OtherLevelError, match=r"speak 3\.1\.1"):
        read_connect(connect(level=level, name=name))


@pytest.mark.parametrize(
    ("flags", "body", "said"),
    [
        (6, word(b"a") + b"\x00\x01", "quality 3"), (2, word(b"a"), "no number"),
        (2, word(b"a") + b"\x00\x00", "no number"),
        (0, word(b""), "cannot be published to"), (0, word(b"\xff"), "utf-8"), (0, b"\x00\x05a", "shorter"),
    ],
)  # fmt: skip
def test_what_is_no_publication(flags: int, body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_publish(flags, body)


@pytest.mark.parametrize(
    ("topic", "pattern", "meant"),
    [
        ("site/mic-1", "site/+", True), ("site/mic-1/x", "site/+", False), ("site/mic-1/x", "site/#", True),
        ("site", "site/#", True), ("other/mic-1", "site/#", False), ("a", "#", True),
        ("site/x/obs", "site/+/obs", True), ("site/x/log", "site/+/obs", False), ("site", "site/mic-1", False),
    ],
)  # fmt: skip
def test_topics_that_a_pattern_means(topic: str, pattern: str, meant: bool) -> None:
    assert matches(topic, pattern) is meant


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 15), st.booleans())
def test_no_bytes_raise_anything_else(noise: bytes, flags: int, begun: bool) -> None:
    body = connect(flags)[: 6 + flags] + noise if begun else noise
    for read in (read_connect, lambda data: read_publish(flags, data), mqtt.number_of, mqtt.topics_of):
        try:
            read(body)
        except ValueError as error:
            assert str(error)
