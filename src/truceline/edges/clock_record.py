"""The clocks that people started in a live service, out of its log: which decision started which, by whom, on which
reviewed finding; every decision that this rests on as it stands in the log, with its proof."""

from collections.abc import Sequence

import msgspec

from truceline.coalition.started import Started, started_of
from truceline.custody.canonical import Json, canonical_json
from truceline.edges.live.data_folder import DataFolder, read_store
from truceline.edges.live.decisions import KIND, read_all
from truceline.edges.proving import proof_of
from truceline.edges.store.door import Store
from truceline.findings.decision import id_of
from truceline.model.instant import format_utc
from truceline.model.problem import Place, Problem, Unusable

VERSION = 1


def read_clocks(data: DataFolder, mission: str) -> tuple[tuple[Started, ...], bytes]:
    """The clocks in the log of a service of a mission, and clocks.json: the same with the decisions and proofs. Raises
    Unusable if there is no such log, it is of another mission, or not sealed as far as these decisions."""
    if not data.store.exists():
        what = "the folder holds no live service's log"
        raise Unusable([Problem(Place(str(data.folder)), what, "name the data folder of `truceline serve`")])
    store = read_store(data.store)
    try:
        if store.origin != f"truceline/{mission}":
            what = f"the log is that of {store.origin!r}, and the mission is {mission!r}"
            raise Unusable([Problem(Place(str(data.folder)), what, "name the folder of this mission's service")])
        started = started_of(read_all(store))
        return started, _written(store, started)
    finally:
        store.close()


def _written(store: Store, started: Sequence[Started]) -> bytes:
    numbers = sorted({number for one in started for number in one.rests_on})
    return canonical_json(
        {
            "v": VERSION, "origin": store.origin, "status": store.status,
            "clocks": [_clock(one) for one in started],
            "decisions": {id_of(number): _decision(store, id_of(number)) for number in numbers},
        }
    )  # fmt: skip


def _clock(one: Started) -> dict[str, Json]:
    clock = one.clock
    return {
        "finding": one.finding, "party": one.party, "hours": clock.hours, "started": format_utc(clock.started_us),
        "ends": format_utc(clock.ends_us), "started_by": clock.started_by, "account": one.account,
        "nation": one.nation, "basis": clock.basis, "decision": id_of(one.decision),
        "mandate": None if one.mandate is None else id_of(one.mandate),
        "reviewed": [id_of(number) for number in one.reviewed],
    }  # fmt: skip


def _decision(store: Store, id_: str) -> dict[str, Json]:
    kept, proof = store.find(KIND, id_), proof_of(store, KIND, id_)
    if kept is None or proof is None:
        what = f"decision {id_} is not in the sealed part of the log"
        raise Unusable([Problem(Place(store.origin), what, "wait a few seconds, until the service has sealed it")])
    plain: dict[str, Json] = msgspec.to_builtins(proof)
    return {"line": kept.data.decode(), "proof": plain}
