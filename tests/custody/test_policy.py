"""Policies: the example of the specification, the mission's nested quorum, and every fault at its line."""

from hashlib import sha256
from itertools import combinations

import pytest

from truceline.custody.note import COSIGNATURE, ED25519, VerifierKey
from truceline.custody.policy import read_policy
from truceline.model.problem import Unusable


def vkey(name: str, type_: int = COSIGNATURE) -> str:
    return VerifierKey(name, type_, sha256(name.encode()).digest()).to_text()


EXAMPLE = f"""
log {vkey("log.example", ED25519)}

witness X1 {vkey("x1")}
witness X2 {vkey("x2")}
witness X3 {vkey("x3")}
group X-witnesses 2 X1 X2 X3

witness Y1 {vkey("y1")}
witness Y2 {vkey("y2")} https://y2.example/
witness Y3 {vkey("y3")}
group Y-witnesses any Y1 Y2 Y3

  # both houses
group X-and-Y\tall X-witnesses Y-witnesses
quorum X-and-Y
"""
MISSION = f"""log {vkey("mission.example", ED25519)}
witness aland {vkey("aland")}
witness borea {vkey("borea")}
witness corva {vkey("corva")}
witness red-cross {vkey("rc")}
witness north {vkey("north")}
witness south {vkey("south")}
group guarantors 2 aland borea corva
group good all guarantors red-cross
quorum good
"""


def test_the_example_of_the_specification() -> None:
    policy = read_policy("policy", EXAMPLE.encode())
    for count in range(7):
        for cosigned in combinations(policy.witnesses, count):
            x, y = (sum(name.startswith(letter) for name in cosigned) for letter in "XY")
            assert policy.reached(cosigned) == (x >= 2 and y >= 1)
    assert policy.urls == {"Y2": "https://y2.example/"}
    assert policy.explained(["X1", "Y2"]) == (
        "X-and-Y (2 of 2): not reached",
        "  X-witnesses (2 of 3): not reached",
        "    X1: cosigned",
        "    X2: not cosigned",
        "    X3: not cosigned",
        "  Y-witnesses (1 of 3): reached",
        "    Y1: not cosigned",
        "    Y2: cosigned",
        "    Y3: not cosigned",
    )


def test_parties_may_witness_and_never_block() -> None:
    policy = read_policy("policy", MISSION.encode())
    assert not policy.can_block(["north", "south"])
    assert not policy.can_block(["north", "south", "aland"])
    assert policy.can_block(["aland", "borea"])
    assert policy.can_block(["red-cross"])
    assert policy.reached(["aland", "corva", "red-cross"])
    assert not policy.reached(["north", "south", "aland", "borea", "corva"])


def test_no_witness_asked_for() -> None:
    policy = read_policy("policy", b"quorum none\n")
    assert policy.reached([]) and not policy.can_block([])
    assert policy.explained([]) == ("no witness is asked for",)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "no quorum line"),
        ("quorum none", 1, "does not end in a newline"),
        ("quorum none\nquorum none\n", 2, "quorum line above"),
        ("quorum W\n", 1, "not defined above"),
        ("quorum\n", 1, "has one name"),
        ("quorum none\r\n", 1, "control character"),
        ("quorum none\nvote x\n", 2, "begins no line"),
        (f"witness none {vkey('a')}\nquorum none\n", 1, "is taken"),
        (f"witness W {vkey('a')}\nwitness W {vkey('b')}\nquorum W\n", 2, "is taken"),
        (f"witness W {vkey('a')}\nwitness V {vkey('a')}\nquorum W\n", 2, "same key"),
        (f"witness W {vkey('a', ED25519)}\nquorum none\n", 1, "of type 4"),
        (f"log {vkey('a')}\nquorum none\n", 1, "of type 1"),
        (f"log {vkey('a', ED25519)}\nlog {vkey('a', ED25519)}\nquorum none\n", 2, "same key"),
        ("log nonsense\nquorum none\n", 1, "key id"),
        (f"log {vkey('a', ED25519)} u v\nquorum none\n", 1, "perhaps an address"),
        ("witness W\nquorum none\n", 1, "a name, a key"),
        (f"witness W {vkey('a')}\ngroup G 2 W\nquorum G\n", 2, "'2' of 1 members"),
        (f"witness W {vkey('a')}\ngroup G 0 W\nquorum G\n", 2, "'0' of 1 members"),
        (f"witness W {vkey('a')}\ngroup G some W\nquorum G\n", 2, "'some' of 1 members"),
        (f"witness W {vkey('a')}\ngroup G any\nquorum G\n", 2, "a number and members"),
        ("group G any G\nquorum G\n", 1, "not defined above"),
        (f"witness W {vkey('a')}\ngroup G any W W\nquorum G\n", 2, "a member already"),
        (f"witness W {vkey('a')}\ngroup G any W\ngroup H any W\nquorum G\n", 3, "a member already"),
        (f"witness W {vkey('a')}\ngroup W any W\nquorum W\n", 2, "is taken"),
    ],
)
def test_every_fault_at_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_policy("policy", text.encode())
    assert any(problem.place.line == line and why in problem.what for problem in caught.value.problems), (
        caught.value.problems
    )


def test_names_are_octets() -> None:
    """U+004B and the Kelvin sign are two names, and what is no UTF-8 is a name too."""
    text = f"witness K {vkey('a')}\nwitness \u212a {vkey('b')}\n".encode() + b"witness \xff " + vkey("c").encode()
    policy = read_policy("policy", text + b"\ngroup G all K \xe2\x84\xaa \xff\nquorum G\n")
    assert len(policy.witnesses) == 3
    assert policy.reached(list(policy.witnesses))


def test_32_of_everything() -> None:
    witnesses = "".join(f"witness w{i} {vkey(f'w{i}')}\n" for i in range(40))
    groups = "".join(f"group g{i} any w{i} {f'g{i - 1}' if i else 'w39'}\n" for i in range(33))
    policy = read_policy("policy", f"{witnesses}{groups}quorum g32\n".encode())
    assert policy.reached(["w0"]) and policy.reached(["w39"]) and not policy.reached(["w33"])
