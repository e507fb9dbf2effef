"""Extending and releasing holds, sweeping, purging, and what `eventio check` sees."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from subgraphs.common.errors import NotAllowedNow
from subgraphs.seat.errors import HoldExpired
from subgraphs.seat.models.records import HoldState
from subgraphs.seat.models.tables import (
    AuditEntryRow,
    HoldRow,
    IdempotencyKeyRow,
    SeatClaimRow,
    SeatEventRow,
    ShowtimeRow,
)
from tests.support.seat_service import SeatSystem, person, running_seat


async def test_a_hold_never_lives_past_its_cap_however_often_it_is_extended(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    ends = []
    for _ in range(3):
        seat.advance(390)
        ends.append((await seat.services.keeper.extend(ann, hold.id)).expires_at)
    assert ends == sorted(ends)
    assert ends[1:] == [hold.max_expires_at] * 2
    seat.advance(31)
    with pytest.raises(HoldExpired):
        await seat.services.keeper.extend(ann, hold.id)
    await seat.hold(showtime, 1)
    await seat.all_is_well()


async def test_extending_moves_no_seat_and_leaves_a_row_in_the_audit_log(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    seat.advance(10)
    await seat.services.keeper.extend(ann, hold.id)
    assert (await seat.map(showtime.id)).version == 2
    async with seat.service.database.read() as session:
        rows = (
            await session.execute(
                select(AuditEntryRow.action, AuditEntryRow.actor).where(AuditEntryRow.subject == hold.id)
            )
        ).all()
    assert [tuple(row) for row in rows] == [("hold.extend", ann.id)]


async def test_an_extended_hold_is_kept_for_as_long(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    seat.advance(470)
    await seat.services.keeper.extend(ann, hold.id)
    seat.advance(470)
    assert await seat.services.sweeper.sweep() == 0
    assert (await seat.services.keeper.find([hold.id]))[hold.id].is_live


async def test_releasing_again_changes_nothing(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, 2, owner=ann)
    for _ in range(2):
        assert (await seat.services.keeper.release(ann, hold.id)).state is HoldState.RELEASED
    assert (await seat.map(showtime.id)).version == 3
    with pytest.raises(NotAllowedNow):
        await seat.services.keeper.extend(ann, hold.id)


async def test_a_bookings_hold_is_not_its_owners_any_more(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    booking_id = f"{showtime.id}.{'0' * 32}"
    await seat.services.steps.bind(hold.id, booking_id=booking_id, owners=[ann.id], actor="test")
    for act in (seat.services.keeper.extend, seat.services.keeper.release):
        with pytest.raises(NotAllowedNow):
            await act(ann, hold.id)
    assert (await seat.map(showtime.id)).counts.held == 1


async def test_the_sweeper_frees_what_has_lapsed_and_nothing_else(seat: SeatSystem) -> None:
    showtime, other = await seat.showtime(), await seat.showtime()
    await seat.hold(showtime, 1, 2)
    await seat.hold(other, 5)
    seat.advance(400)
    await seat.hold(showtime, 3)
    seat.advance(100)

    assert await seat.services.sweeper.sweep() == 2

    assert await seat.statuses(showtime.id) == "AAAHAAAAAAAAAAAAAAAAAA"
    assert await seat.statuses(other.id) == "A" * 22
    assert await seat.services.sweeper.sweep() == 0
    await seat.all_is_well()


async def test_the_sweeper_runs_by_itself(database_url: str) -> None:
    async with running_seat(database_url, sweep_seconds=0.05) as seat:
        showtime = await seat.showtime()
        events = seat.services.feed.events(showtime.id, after_version=1)
        await seat.hold(showtime, 1)
        seat.advance(481)
        async with asyncio.timeout(5), contextlib.aclosing(events):
            versions = [(await anext(events)).version]
            while versions[-1] < 3:
                versions.append((await anext(events)).version)
        assert await seat.statuses(showtime.id) == "A" * 22


async def test_answers_and_ended_holds_go_when_their_time_has_come(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    ended = await seat.hold(showtime, 1, owner=ann)
    await seat.services.keeper.release(ann, ended.id)
    bound, booking_id = await seat.bound(showtime, 2)
    await seat.services.steps.release(booking_id, showtime_id=showtime.id, actor="test")

    async def left() -> tuple[int, set[str]]:
        async with seat.service.database.read() as session:
            answers = await session.scalar(select(func.count()).select_from(IdempotencyKeyRow))
            return answers or 0, set(await session.scalars(select(HoldRow.id)))

    seat.clock.advance(timedelta(hours=23))
    await seat.services.sweeper.purge()
    assert await left() == (2, {ended.id, bound.id})
    seat.clock.advance(timedelta(hours=2))
    await seat.services.sweeper.purge()
    assert await left() == (0, {ended.id, bound.id})
    seat.clock.advance(timedelta(days=30))
    await seat.services.sweeper.purge()
    assert await left() == (0, {bound.id})


@pytest.mark.parametrize("fault", ["claim", "map", "log", "counts"])
async def test_the_check_sees_what_is_wrong(seat: SeatSystem, fault: str) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 1)
    await seat.hold(showtime, 2)
    faults = {
        "claim": update(SeatClaimRow).where(SeatClaimRow.position == 7).values(status="B"),
        "map": update(ShowtimeRow).values(statuses="AHHB" + "A" * 18),
        "log": delete(SeatEventRow).where(SeatEventRow.version == 2),
        "counts": update(ShowtimeRow).values(held=1, available=21),
    }
    words = {
        "claim": "seat 7: the claim says B, the map A",
        "map": "replays to another map",
        "log": "the log has no version 2",
        "counts": "the counts are not those of the map",
    }
    assert await seat.services.replay.check(showtime.id) == []
    async with seat.service.database.write() as session:
        await session.execute(faults[fault], execution_options={"synchronize_session": False})
    assert any(words[fault] in sentence for sentence in await seat.services.replay.check(showtime.id))
