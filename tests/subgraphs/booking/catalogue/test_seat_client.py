"""The client for seat's internal calls, spoken with the real seat subgraph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from subgraphs.booking.models import SeatCategory
from subgraphs.booking.seat_client import ClaimStatus, OpenShowtime, SeatClient
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.common.service_client import ServiceClient
from tests.support.sales_system import SalesSystem, selling
from tests.support.seat_service import person


@pytest.fixture
async def sales(tmp_path: Path) -> AsyncIterator[SalesSystem]:
    async with selling(f"sqlite+aiosqlite:///{tmp_path / 'booking.sqlite3'}", tmp_path) as system:
        yield system


@pytest.fixture
async def seat(sales: SalesSystem) -> AsyncIterator[SeatClient]:
    client = ServiceClient("seat", base_url="http://seat", tokens=sales.tokens, transport=sales.cut)
    yield SeatClient(client)
    await client.close()


async def test_a_room_is_known_by_its_facts_and_an_unknown_one_is_none(sales: SalesSystem, seat: SeatClient) -> None:
    showtime = await sales.showtime()
    [[auditorium_id]] = await sales.rows("SELECT auditorium_id FROM showtimes")
    facts = await seat.auditorium_facts(auditorium_id)
    assert facts is not None
    assert (facts.id, facts.cinema_id) == (auditorium_id, sales.cinema_id)
    assert facts.capacity == len(await sales.statuses(showtime.id))
    assert SeatCategory.STANDARD in facts.categories
    assert await seat.auditorium_facts(new_id()) is None


async def test_a_showtime_is_opened_in_known_rooms_only_and_closed(sales: SalesSystem, seat: SeatClient) -> None:
    await sales.showtime()
    [[auditorium_id]] = await sales.rows("SELECT auditorium_id FROM showtimes")
    now = sales.clock.now()
    known = OpenShowtime(
        showtime_id=new_id(),
        auditorium_id=auditorium_id,
        starts_at=now + timedelta(hours=40),
        ends_at=now + timedelta(hours=42),
        sale_starts_at=now,
        sale_ends_at=now + timedelta(hours=40),
        hold_seconds=480,
        hold_cap_seconds=1_200,
        revision=1,
    )
    elsewhere = replace(known, showtime_id=new_id(), auditorium_id=new_id())
    assert [await seat.open_showtime(showtime) for showtime in (known, known, elsewhere)] == [True, True, False]
    await seat.close_showtime(known.showtime_id)
    await seat.register_cinema(new_id())


async def test_free_seats_are_counted_by_showtime_and_unknown_ones_left_out(
    sales: SalesSystem, seat: SeatClient
) -> None:
    first, second = await sales.showtime(), await sales.showtime()
    await sales.held(person(), first, 0, 1)
    seats = len(await sales.statuses(first.id))
    asked = [first.id, new_id(), second.id, "nonsense"]
    assert await seat.available(asked) == {first.id: seats - 2, second.id: seats}


async def test_the_steps_of_a_sale_carry_the_fence(sales: SalesSystem, seat: SeatClient) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id, booking_id = await sales.held(buyer, showtime, 0), new_scoped_id(showtime.id)
    bound = await seat.bind_hold(hold_id, booking_id=booking_id, owners=buyer.ids)
    assert (bound.status, bound.showtime_id, len(bound.seats)) == (ClaimStatus.DONE, showtime.id, 1)
    assert bound.fence is not None
    assert bound.expires_at is not None
    assert bound.max_expires_at is not None
    assert sales.clock.now() < bound.expires_at <= bound.max_expires_at
    stale = await seat.pin_hold(hold_id, booking_id=booking_id, fence=bound.fence + 1)
    assert stale.status is ClaimStatus.STALE_FENCE
    for step in (seat.pin_hold, seat.unpin_hold, seat.claim_seats):
        assert (await step(hold_id, booking_id=booking_id, fence=bound.fence)).status is ClaimStatus.DONE
    assert "S" in await sales.statuses(showtime.id)
    released = await seat.release_seats(booking_id, showtime_id=showtime.id)
    assert released.status is ClaimStatus.DONE
    assert set(await sales.statuses(showtime.id)) == {"A"}
    reclaimed = await seat.reclaim_seats(
        booking_id, showtime_id=showtime.id, seat_ids=[one.seat_id for one in bound.seats]
    )
    assert reclaimed.status is ClaimStatus.DONE
    assert [one.seat_id for one in reclaimed.seats] == [one.seat_id for one in bound.seats]
    unknown = await seat.bind_hold(new_scoped_id(showtime.id), booking_id=booking_id, owners=[])
    assert unknown.status is ClaimStatus.NOT_FOUND
