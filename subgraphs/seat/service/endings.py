"""How holds end within a transaction that others share: pure of the transaction, one place for every way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from subgraphs.seat.models.records import ClaimRecord, HoldState
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import Work

SYSTEM = "system"


async def end_lapsed(work: Work, ledger: ShowtimeLedger, claims: Iterable[ClaimRecord]) -> None:
    """End the holds that lapsed claims belong to, wholly: all their other lapsed seats become AVAILABLE too.

    The showtime is locked, and so are the claims. Seats of those holds that another transaction has locked are left to
    it: it takes or frees them itself.
    """
    hold_ids = sorted({claim.hold_id for claim in claims if claim.is_lapsed and claim.hold_id is not None})
    if not hold_ids:
        return
    showtime = ledger.showtime
    freed: dict[str, list[int]] = defaultdict(list)
    for claim in await work.claims.lock_lapsed(showtime.id, hold_ids):
        freed[claim.hold_id or ""].append(claim.position)
    for hold_id, positions in freed.items():
        ledger.record("expire", [(position, "A") for position in positions], subject=hold_id, actor=SYSTEM)
    await work.claims.free(showtime.id, [position for positions in freed.values() for position in positions])
    await work.holds.end(showtime.id, hold_ids, HoldState.EXPIRED, at=showtime.now)


async def free_seats(
    work: Work, ledger: ShowtimeLedger, positions: Sequence[int], *, cause: str, subject: str, actor: str
) -> None:
    """Make locked seats AVAILABLE, as one version. Nothing happens for no seats."""
    if not positions:
        return
    ledger.record(cause, [(position, "A") for position in positions], subject=subject, actor=actor)
    await work.claims.free(ledger.showtime.id, positions)
