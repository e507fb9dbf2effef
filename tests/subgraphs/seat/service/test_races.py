"""Races for seats, on real connections of several processes' worth of services over one database."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import select, update

from subgraphs.common.errors import NotAllowedNow
from subgraphs.common.ids import new_id
from subgraphs.seat.errors import HoldLimit, SeatsUnavailable
from subgraphs.seat.models.records import ShowtimeRecord
from subgraphs.seat.models.tables import SeatClaimRow
from subgraphs.seat.seating.plan import RowPlan
from subgraphs.seat.service.holds import HoldBestSeats
from tests.support.seat_service import SeatSystem, person, running_seat

Taker = Callable[[SeatSystem, ShowtimeRecord, int], Awaitable[bool]]


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[tuple[SeatSystem, SeatSystem]]:
    """The same service twice, as two processes run it: nothing is shared but the database."""
    async with running_seat(database_url) as one, running_seat(database_url) as other:
        yield one, other


async def really_hold(seat: SeatSystem, showtime: ShowtimeRecord, position: int) -> bool:
    try:
        await seat.hold(showtime, position)
    except SeatsUnavailable:
        return False
    return True


async def hold_without_guard(seat: SeatSystem, showtime: ShowtimeRecord, position: int) -> bool:
    """Look, then take: what the guard is there against."""
    claim = (SeatClaimRow.showtime_id == showtime.id, SeatClaimRow.position == position)
    async with seat.service.database.read() as session:
        status = await session.scalar(select(SeatClaimRow.status).where(*claim))
    # Both have looked before either takes, as happens when a machine is busy.
    await asyncio.sleep(0.05)
    if status != "A":
        return False
    async with seat.service.database.write() as session:
        await session.execute(update(SeatClaimRow).where(*claim).values(status="H", hold_id=new_id()))
    return True


async def winners_of_races(two: tuple[SeatSystem, SeatSystem], take: Taker, *, races: int = 8) -> Counter[int]:
    """Let two services race for one seat, again and again; count how many won each race."""
    showtime = await two[0].showtime([RowPlan("A", "s" * races)])
    counts: Counter[int] = Counter()
    for position in range(races):
        won = await asyncio.gather(*(take(system, showtime, position) for system in two))
        counts[sum(won)] += 1
    return counts


async def test_one_of_two_gets_the_seat(two: tuple[SeatSystem, SeatSystem]) -> None:
    assert await winners_of_races(two, really_hold) == {1: 8}
    await two[0].all_is_well()


async def test_without_the_guard_the_race_is_lost_so_the_test_can_fail(two: tuple[SeatSystem, SeatSystem]) -> None:
    assert await winners_of_races(two, hold_without_guard) == {2: 8}
    assert await two[0].services.replay.check_all() != []


async def test_200_race_for_20_seats_and_each_is_held_once(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime([RowPlan("A", "s" * 10), RowPlan("B", "s" * 10)])

    won = await asyncio.gather(*(really_hold(two[number % 2], showtime, number % 20) for number in range(200)))

    assert Counter(won) == {True: 20, False: 180}
    after = await two[0].map(showtime.id)
    assert (after.statuses, after.version) == ("H" * 20, 21)
    await two[0].all_is_well()


async def test_overlapping_blocks_are_all_or_nothing_and_somebody_always_wins(
    two: tuple[SeatSystem, SeatSystem],
) -> None:
    showtime = await two[0].showtime([RowPlan("A", "s" * 20)])

    async def take(system: SeatSystem, first: int) -> int:
        try:
            return len((await system.hold(showtime, first, first + 1, first + 2)).positions)
        except SeatsUnavailable:
            return 0

    got = await asyncio.gather(*(take(two[number % 2], number % 18) for number in range(72)))

    assert set(got) <= {0, 3}
    after = await two[0].map(showtime.id)
    assert after.counts.held == sum(got)
    # A maximal set of blocks: nobody who asked for three neighbours that are still free was refused for good.
    assert "AAAAA" not in after.statuses
    await two[0].all_is_well()


async def test_40_want_the_best_pair_and_all_get_one_that_there_is(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime([RowPlan(row, "s" * 8) for row in "ABC"])

    async def take(system: SeatSystem) -> bool:
        command = HoldBestSeats(showtime.id, 2, None, accessible=False, idempotency_key="k")
        try:
            await system.services.holds.hold_best(person(), command)
        except SeatsUnavailable:
            return False
        return True

    won = await asyncio.gather(*(take(two[number % 2]) for number in range(40)))

    # The middle of a row goes first, then a pair on either side of it: one place at each end of a row is left.
    assert Counter(won) == {True: 9, False: 31}
    assert await two[0].statuses(showtime.id) == "AHHHHHHA" * 3
    await two[0].all_is_well()


async def test_choosing_and_best_at_once_leave_no_seat_twice(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime([RowPlan(row, "s" * 8) for row in "ABC"])

    async def best(system: SeatSystem) -> int:
        command = HoldBestSeats(showtime.id, 2, None, accessible=False, idempotency_key="k")
        try:
            return len((await system.services.holds.hold_best(person(), command)).positions)
        except SeatsUnavailable:
            return 0

    async def chosen(system: SeatSystem, first: int) -> int:
        try:
            return len((await system.hold(showtime, first, first + 1)).positions)
        except SeatsUnavailable:
            return 0

    got = await asyncio.gather(
        *(best(two[0]) for _ in range(15)), *(chosen(two[1], number % 23) for number in range(46))
    )

    assert sum(got) == (await two[0].map(showtime.id)).counts.held
    await two[0].all_is_well()


async def test_one_person_at_once_gets_no_more_holds_than_allowed(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime, ann = await two[0].showtime(), person()

    async def take(system: SeatSystem, position: int) -> bool:
        try:
            await system.hold(showtime, position, owner=ann, key=f"{position}")
        except HoldLimit:
            return False
        return True

    won = await asyncio.gather(*(take(two[position % 2], position) for position in range(12)))

    assert sum(won) == 2
    await two[0].all_is_well()


async def test_the_same_key_at_once_has_one_effect_and_one_answer(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime, ann = await two[0].showtime(), person()

    holds = await asyncio.gather(*(two[number % 2].hold(showtime, 1, 2, owner=ann, key="k") for number in range(10)))

    assert len({hold.id for hold in holds}) == 1
    assert (await two[0].map(showtime.id)).version == 2


async def test_everybody_wants_the_seats_of_lapsed_holds(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime()
    for first in (0, 4):
        await two[0].hold(showtime, *range(first, first + 4))
    for system in two:
        system.advance(481)

    won = await asyncio.gather(
        *(really_hold(two[number % 2], showtime, number % 8) for number in range(40)),
        *(system.services.sweeper.sweep() for system in two),
    )

    assert sum(one is True for one in won) == 8
    assert (await two[0].statuses(showtime.id))[:8] == "H" * 8
    await two[0].all_is_well()


async def test_steps_releases_extensions_and_takers_end_in_a_sound_state(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime()
    bound = [await two[0].bound(showtime, position) for position in range(8)]
    owners = [person() for _ in range(4)]
    free = [await two[0].hold(showtime, 8 + number, owner=owner) for number, owner in enumerate(owners)]

    async def settle(number: int) -> None:
        system, (hold, booking_id) = two[number % 2], bound[number]
        steps = system.services.steps
        if number < 4:
            await steps.release(booking_id, showtime_id=showtime.id, actor="test")
        else:
            await steps.reclaim(
                booking_id,
                showtime_id=showtime.id,
                seat_ids=[f"{showtime.layout_id}.{hold.positions[0]}"],
                actor="test",
            )

    await asyncio.gather(
        *(settle(number) for number in range(8)),
        *(two[0].services.keeper.release(owner, hold.id) for owner, hold in zip(owners, free, strict=True)),
        *(really_hold(two[number % 2], showtime, 12 + number % 10) for number in range(30)),
        two[1].services.sweeper.sweep(),
    )

    assert await two[0].statuses(showtime.id) == "AAAASSSSAAAAHHHHHHHHHH"
    await two[0].all_is_well()


async def test_a_showtime_closes_while_people_hold(two: tuple[SeatSystem, SeatSystem]) -> None:
    showtime = await two[0].showtime()

    async def take(number: int) -> None:
        with contextlib.suppress(NotAllowedNow):
            await two[number % 2].hold(showtime, number)

    await asyncio.gather(
        *(take(number) for number in range(10)),
        two[1].services.showtimes.close(showtime.id, actor="test"),
        *(take(number) for number in range(10, 20)),
    )

    assert await two[0].statuses(showtime.id) == "A" * 22
    await two[0].all_is_well()
