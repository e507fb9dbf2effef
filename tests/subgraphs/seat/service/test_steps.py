"""What booking's steps cost."""

from __future__ import annotations

from subgraphs.seat.service.steps import HoldStep
from tests.support.seat_service import SeatSystem


async def test_a_step_costs_a_known_number_of_statements(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 0, 1)
    step = HoldStep(hold.id, booking_id, hold.fence)

    with seat.statements() as pinning:
        assert (await seat.services.steps.pin(step, actor="test")).status.value == "DONE"
    with seat.statements() as claiming:
        assert (await seat.services.steps.claim(step, actor="test")).status.value == "DONE"

    # The hold and the showtime are read; where others may write meanwhile, the seats are locked, then the hold.
    reading = ["SELECT"] * (2 if seat.service.database.is_sqlite else 4)
    assert verbs(pinning) == [*reading, "UPDATE", "UPDATE", "INSERT"]
    assert verbs(claiming) == [*reading, "UPDATE", "UPDATE", "UPDATE", "INSERT"]


def verbs(statements: list[str]) -> list[str]:
    return [statement.split()[0] for statement in statements if not statement.startswith("BEGIN")]
