"""Every kind of provision, apart from the rest: who asks a text alone need not load what locates events."""

from collections.abc import Mapping

from truceline.terms.contract import Kind
from truceline.terms.provisions.force_ceiling import ForceCeiling
from truceline.terms.provisions.freedom_of_movement import FreedomOfMovement
from truceline.terms.provisions.keep_out import KeepOut
from truceline.terms.provisions.maritime_zone import MaritimeZone
from truceline.terms.provisions.no_entry import NoEntry
from truceline.terms.provisions.no_fire import NoFire
from truceline.terms.provisions.no_fly import NoFly
from truceline.terms.provisions.no_heavy_weapons_near import NoHeavyWeaponsNear
from truceline.terms.provisions.no_jamming import NoJamming
from truceline.terms.provisions.no_offensive import NoOffensive
from truceline.terms.provisions.no_reinforcement import NoReinforcement
from truceline.terms.provisions.notify import Notify
from truceline.terms.provisions.obligation import Obligation
from truceline.terms.provisions.protected_object import ProtectedObject
from truceline.terms.provisions.return_fire import ReturnFire
from truceline.terms.provisions.withdrawal import Withdrawal


def kinds() -> Mapping[str, Kind]:
    """Every kind of provision, by name."""
    known: tuple[Kind, ...] = (
        ForceCeiling(), FreedomOfMovement(), KeepOut(), MaritimeZone(), NoEntry(), NoFire(), NoFly(),
        NoHeavyWeaponsNear(), NoJamming(), NoOffensive(), NoReinforcement(), Notify(), Obligation(),
        ProtectedObject(), ReturnFire(), Withdrawal(),
    )  # fmt: skip
    return {kind.name: kind for kind in known}
