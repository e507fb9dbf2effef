"""Holding seats: all or nothing, by the database's time, with limits and idempotency keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from subgraphs.common.errors import IdempotencyKeyReused, InvalidInput, NotAllowedNow, NotFound, Unauthenticated
from subgraphs.common.ids import new_id
from subgraphs.seat.errors import HoldLimit, SeatsUnavailable
from subgraphs.seat.models.records import HoldState
from subgraphs.seat.seating.layout import seat_id
from subgraphs.seat.service.holds import HoldSeats
from tests.support.seat_service import SeatSystem, person


async def test_a_hold_takes_its_seats_and_is_a_version_of_the_map(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    ann = person()

    hold = await seat.hold(showtime, 3, 2, owner=ann)

    after = await seat.map(showtime.id)
    assert after.statuses == "AAHHAAAAAAAAAAAAAAAAAA"
    assert (after.version, after.counts.available, after.counts.held) == (2, 20, 2)
    assert (hold.owner_id, hold.positions, hold.fence, hold.state) == (ann.id, (2, 3), 2, HoldState.LIVE)
    assert hold.expires_at - hold.now == timedelta(seconds=480)
    assert hold.max_expires_at - hold.now == timedelta(seconds=1_200)
    await seat.all_is_well()


async def test_a_loser_gets_nothing_is_told_which_seats_are_taken_and_what_else_there_is(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 3)

    with pytest.raises(SeatsUnavailable) as refused:
        await seat.hold(showtime, 2, 3)

    assert refused.value.seat_ids == (seat_id(showtime.layout_id, 3),)
    suggested = [[one.position for one in block.seats] for block in refused.value.alternatives]
    assert suggested == [[17, 18], [4, 5], [6, 7]]
    assert await seat.statuses(showtime.id) == "AAAHAAAAAAAAAAAAAAAAAA"
    await seat.all_is_well()


async def test_refusing_a_loser_takes_no_transaction_and_three_reads(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 3)
    await seat.services.layouts.get(showtime.layout_id)

    with seat.statements() as statements, pytest.raises(SeatsUnavailable):
        await seat.hold(showtime, 3)

    assert [statement.split()[0] for statement in statements] == ["SELECT", "SELECT", "SELECT"]


async def test_an_expired_hold_can_be_taken_without_any_sweeper_and_ends_wholly(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    ann, ben = person(), person()
    old = await seat.hold(showtime, 1, 2, 3, owner=ann)
    seat.advance(481)
    assert await seat.statuses(showtime.id) == "AHHHAAAAAAAAAAAAAAAAAA"

    new = await seat.hold(showtime, 2, owner=ben)

    after = await seat.map(showtime.id)
    assert after.statuses == "AAHAAAAAAAAAAAAAAAAAAA"
    assert (after.version, new.fence) == (4, 4)
    assert (await seat.services.keeper.find([old.id]))[old.id].state is HoldState.EXPIRED
    await seat.all_is_well()


async def test_a_hold_is_not_free_a_moment_before_its_end(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 1)
    seat.advance(470)

    with pytest.raises(SeatsUnavailable):
        await seat.hold(showtime, 1)


async def test_the_same_key_and_input_gives_the_same_hold(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    ann = person()
    first = await seat.hold(showtime, 1, 2, owner=ann, key="k")

    again = await seat.hold(showtime, 2, 1, owner=ann, key="k")

    assert again.id == first.id
    assert (await seat.map(showtime.id)).version == 2


async def test_the_same_key_gives_the_same_hold_even_when_it_could_be_taken_anew(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    ann = person()
    first = await seat.hold(showtime, 1, owner=ann, key="k")
    await seat.services.keeper.release(ann, first.id)

    again = await seat.hold(showtime, 1, owner=ann, key="k")

    assert (again.id, again.state) == (first.id, HoldState.RELEASED)
    assert await seat.statuses(showtime.id) == "A" * 22


@pytest.mark.parametrize("other", [1, 5], ids=["taken by the first call", "free"])
async def test_the_same_key_with_another_input_is_refused(seat: SeatSystem, other: int) -> None:
    showtime = await seat.showtime()
    ann = person()
    await seat.hold(showtime, 1, 2, owner=ann, key="k")

    with pytest.raises(IdempotencyKeyReused):
        await seat.hold(showtime, other, owner=ann, key="k")

    assert (await seat.map(showtime.id)).version == 2


async def test_another_person_may_use_the_same_key(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    first = await seat.hold(showtime, 1, key="k")
    second = await seat.hold(showtime, 2, key="k")
    assert first.id != second.id


async def test_a_refused_call_leaves_its_key_free(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    ann, ben = person(), person()
    rival = await seat.hold(showtime, 1, owner=ben)
    with pytest.raises(SeatsUnavailable):
        await seat.hold(showtime, 1, owner=ann, key="k")
    await seat.services.keeper.release(ben, rival.id)

    hold = await seat.hold(showtime, 1, owner=ann, key="k")

    assert hold.owner_id == ann.id


async def test_a_person_has_two_live_holds_at_a_showtime_and_no_third(seat: SeatSystem) -> None:
    showtime, other = await seat.showtime(), await seat.showtime()
    ann = person()
    await seat.hold(showtime, 1, owner=ann)
    await seat.hold(showtime, 2, owner=ann)

    with pytest.raises(HoldLimit) as refused:
        await seat.hold(showtime, 3, owner=ann)

    assert refused.value.limit == 2
    assert await seat.statuses(showtime.id) == "AHHAAAAAAAAAAAAAAAAAAA"
    await seat.hold(other, 3, owner=ann)
    seat.advance(481)
    await seat.hold(showtime, 3, owner=ann)


async def test_what_a_person_held_as_a_guest_counts(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    guest = person()
    await seat.hold(showtime, 1, owner=guest)
    await seat.hold(showtime, 2, owner=guest)

    with pytest.raises(HoldLimit):
        await seat.hold(showtime, 3, owner=person(aliases=[guest.id]))


async def test_eleven_seats_are_too_many(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    with pytest.raises(HoldLimit) as refused:
        await seat.hold(showtime, *range(11))
    assert (refused.value.limit, refused.value.field) == (10, ("seatIds",))
    assert await seat.statuses(showtime.id) == "A" * 22


async def test_nobody_signed_out_holds(seat: SeatSystem) -> None:
    with pytest.raises(Unauthenticated):
        await seat.services.holds.hold(None, HoldSeats("?", (), ""))


async def test_bad_seats_are_named(seat: SeatSystem) -> None:
    showtime, other = await seat.showtime(), await seat.showtime()
    good, ann = seat_id(showtime.layout_id, 0), person()
    cases: list[tuple[tuple[str, ...], type[Exception], tuple[str, ...]]] = [
        ((), InvalidInput, ("seatIds",)),
        ((good, good), InvalidInput, ("seatIds", "1")),
        ((good, "x"), NotFound, ("seatIds", "1")),
        ((good, seat_id(other.layout_id, 1)), NotFound, ("seatIds", "1")),
        ((seat_id(other.layout_id, 1),), NotFound, ("seatIds", "0")),
        ((good, seat_id(showtime.layout_id, 22)), NotFound, ("seatIds", "1")),
        ((seat_id(showtime.layout_id, 9_999),), NotFound, ("seatIds", "0")),
        (("'; DROP TABLE holds; --",), NotFound, ("seatIds", "0")),
        (("\ud800",), NotFound, ("seatIds", "0")),
        ((f"{showtime.layout_id}.-1",), NotFound, ("seatIds", "0")),
        ((f"{showtime.layout_id}.01",), NotFound, ("seatIds", "0")),
    ]
    for seat_ids, error, path in cases:
        with pytest.raises(error) as refused:
            await seat.services.holds.hold(ann, HoldSeats(showtime.id, seat_ids, "k"))
        assert getattr(refused.value, "field", None) == path, seat_ids
    assert await seat.statuses(showtime.id) == "A" * 22


@pytest.mark.parametrize("showtime_id", ["", "x", "0" * 32, "\ud800", "a" * 1_000_000, "' OR 1=1 --"])
async def test_an_unknown_showtime_is_not_found(seat: SeatSystem, showtime_id: str) -> None:
    command = HoldSeats(showtime_id, (seat_id(new_id(), 0),), "k")
    with pytest.raises(NotFound) as refused:
        await seat.services.holds.hold(person(), command)
    assert refused.value.field == ("showtimeId",)


async def test_seats_are_held_only_while_on_sale(seat: SeatSystem) -> None:
    now = seat.clock.now()
    early = await seat.showtime(sale_starts_at=now + timedelta(hours=1))
    late = await seat.showtime(sale_ends_at=now - timedelta(hours=1))
    closed = await seat.showtime()
    await seat.services.showtimes.close(closed.id, actor="test")
    for showtime in (early, late, closed):
        with pytest.raises(NotAllowedNow):
            await seat.hold(showtime, 1)
        assert await seat.statuses(showtime.id) == "A" * 22
    seat.advance(3_601)
    await seat.hold(early, 1)
