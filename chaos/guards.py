"""The guards that keep the promises, and how to leave each out: a run without one has to fail, or proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Guard:
    """One guard.

    Attributes:
        what: what it does.
        remove: takes it out of this process.
        breaks: the invariants of which at least one breaks without it.
    """

    what: str
    remove: Callable[[], None]
    breaks: frozenset[str]


def replace(owner: Any, name: str, stand_in: Callable[..., Any]) -> None:
    """Put something else in a method's place; the method has to be there, or the guard was renamed."""
    getattr(owner, name)
    setattr(owner, name, stand_in)


def _without_arbiter() -> None:
    """Seats are taken whoever has them."""
    from sqlalchemy import true  # noqa: PLC0415 - only where the guard is removed

    from subgraphs.seat.repository.claims import ClaimRepository  # noqa: PLC0415
    from subgraphs.seat.service import holds  # noqa: PLC0415

    def anything(_self: Any) -> Any:
        return true()

    # The look beforehand, which is polite, and the condition in the statement that takes, which decides.
    replace(holds, "_can_be_had", lambda _claim: True)
    replace(ClaimRepository, "_to_be_had", anything)


def _without_keys() -> None:
    """A repeated call is a new call."""
    from subgraphs.common.idempotency import IdempotencyStore  # noqa: PLC0415

    async def nothing(*_arguments: Any, **_named: Any) -> None:
        return None

    replace(IdempotencyStore, "claim", nothing)
    replace(IdempotencyStore, "find", nothing)


def _without_reconciliation() -> None:
    """Nobody finishes what a crash left."""
    import asyncio  # noqa: PLC0415

    from subgraphs.booking.service.driver import Driver  # noqa: PLC0415

    async def idle(_self: Any) -> None:
        await asyncio.Event().wait()

    replace(Driver, "run", idle)


def _without_outbox() -> None:
    """What was decided is not told."""
    from subgraphs.common.outbox import Outbox  # noqa: PLC0415

    def forget(*_arguments: Any, **_named: Any) -> str:
        return ""

    replace(Outbox, "put", forget)


def _without_intent() -> None:
    """Money is captured before the seats are claimed, and nobody looks whether they were."""
    from subgraphs.booking.seat_client import ClaimStatus, SeatClaim, SeatClient  # noqa: PLC0415

    async def claimed(_self: Any, _hold_id: str, *, booking_id: str, fence: int) -> SeatClaim:
        return SeatClaim(ClaimStatus.DONE, fence, booking_id[:32], (), None, None)

    replace(SeatClient, "claim_seats", claimed)


GUARDS = {
    "arbiter": Guard("only a free seat is taken", _without_arbiter, frozenset({"I2", "I3", "I7", "I10", "I11", "I14"})),
    "keys": Guard("a repeated call has one effect", _without_keys, frozenset({"I6"})),
    "reconciliation": Guard("what a crash left is finished", _without_reconciliation, frozenset({"QUIET"})),
    "outbox": Guard("what was decided is told", _without_outbox, frozenset({"I3", "I10"})),
    "claim": Guard("no money without the seats", _without_intent, frozenset({"I3"})),
}
