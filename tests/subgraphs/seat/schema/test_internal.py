"""Calls between services: every status of each, fences, pins, and who may call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from subgraphs.common.identity import Role
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.seat.models.records import ShowtimeRecord
from subgraphs.seat.seating.layout import seat_id
from tests.support.seat_service import SeatSystem, person

CLAIM = "status fence showtimeId seats { seatId category label } expiresAt maxExpiresAt"
FIELDS = {
    "registerCinema": ("RegisterCinemaInput", "done"),
    "openShowtime": ("OpenShowtimeInput", "opened version"),
    "closeShowtime": ("CloseShowtimeInput", "done"),
    "bindHold": ("BindHoldInput", CLAIM),
    "pinHold": ("HoldStepInput", CLAIM),
    "unpinHold": ("HoldStepInput", CLAIM),
    "claimSeats": ("HoldStepInput", CLAIM),
    "reclaimSeats": ("ReclaimSeatsInput", CLAIM),
    "swapSeats": ("HoldStepInput", CLAIM),
    "releaseSeats": ("ReleaseSeatsInput", CLAIM),
    "adoptGuest": ("AdoptGuestInput", "done"),
    "forgetPerson": ("ForgetPersonInput", "done"),
}
FACTS = "query($id: ID!) { auditoriumFacts(id: $id) { id cinemaId name capacity layoutId layoutVersion categories } }"


def document(field: str) -> str:
    """Give the operation that calls one field."""
    type_name, selection = FIELDS[field]
    return f"mutation($input: {type_name}!) {{ answer: {field}(input: $input) {{ {selection} }} }}"


async def call(seat: SeatSystem, field: str, **values: Any) -> dict[str, Any]:
    """Call as a service."""
    answer: dict[str, Any] = (await seat.data(document(field), {"input": values}, service=True))["answer"]
    return answer


async def step(seat: SeatSystem, field: str, hold_id: str, booking_id: str, fence: object) -> str:
    """Take a step on a hold; gives the status."""
    return str((await call(seat, field, holdId=hold_id, bookingId=booking_id, fence=fence))["status"])


async def test_only_services_call(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    inputs: dict[str, dict[str, Any]] = {
        "registerCinema": {"cinemaId": new_id()},
        "openShowtime": opening(seat, showtime),
        "closeShowtime": {"showtimeId": showtime.id},
        "bindHold": {"holdId": "x", "bookingId": "x", "owners": []},
        **{field: {"holdId": "x", "bookingId": "x", "fence": 1} for field in ("pinHold", "unpinHold", "claimSeats")},
        "swapSeats": {"holdId": "x", "bookingId": "x", "fence": 1},
        "reclaimSeats": {"bookingId": "x", "showtimeId": showtime.id, "seatIds": []},
        "releaseSeats": {"bookingId": "x", "showtimeId": showtime.id},
        "adoptGuest": {"guestId": new_id(), "userId": new_id()},
        "forgetPerson": {"userId": new_id()},
    }
    assert inputs.keys() == FIELDS.keys()
    for field, values in inputs.items():
        for who in ({}, {"by": person(role=Role.ADMIN)}, {"token": "forged"}):
            assert await seat.denied(document(field), {"input": values}, **who) == "FORBIDDEN", field
    assert await seat.denied(FACTS, {"id": new_id()}, by=person(role=Role.ADMIN)) == "FORBIDDEN"


def opening(seat: SeatSystem, showtime: ShowtimeRecord, **changes: Any) -> dict[str, Any]:
    """Give the input that opens a showtime in the same room."""
    spec = seat.spec(showtime.auditorium_id)
    times = {
        "startsAt": spec.starts_at,
        "endsAt": spec.ends_at,
        "saleStartsAt": spec.sale_starts_at,
        "saleEndsAt": spec.sale_ends_at,
    }
    return {
        "showtimeId": new_id(),
        "auditoriumId": showtime.auditorium_id,
        **{name: moment.isoformat() for name, moment in times.items()},
        "holdSeconds": 60,
        "holdCapSeconds": 100,
        "revision": 1,
        **changes,
    }


async def test_a_cinema_its_room_and_a_showtime_become_known(seat: SeatSystem) -> None:
    cinema_id = new_id()
    assert await call(seat, "registerCinema", cinemaId=cinema_id) == {"done": True}
    assert await call(seat, "registerCinema", cinemaId=cinema_id) == {"done": True}
    room = await seat.room(cinema_id=cinema_id)
    facts = (await seat.data(FACTS, {"id": room.id}, service=True))["auditoriumFacts"]
    assert facts == {
        "id": room.id,
        "cinemaId": cinema_id,
        "name": "Room 1",
        "capacity": 22,
        "layoutId": room.layout_id,
        "layoutVersion": 1,
        "categories": ["STANDARD", "PREMIUM", "RECLINER", "WHEELCHAIR", "COMPANION"],
    }
    for unknown in (new_id(), "x"):
        assert (await seat.data(FACTS, {"id": unknown}, service=True))["auditoriumFacts"] is None


async def test_a_showtime_opens_once_and_takes_newer_times(seat: SeatSystem) -> None:
    values = opening(seat, await seat.showtime())
    assert await call(seat, "openShowtime", **values) == {"opened": True, "version": 1}
    assert await call(seat, "openShowtime", **values) == {"opened": True, "version": 1}
    showtime = await seat.map(values["showtimeId"])
    assert (showtime.hold_seconds, showtime.hold_cap_seconds, showtime.statuses) == (60, 100, "A" * 22)

    await call(seat, "openShowtime", **{**values, "holdSeconds": 70, "revision": 3})
    await call(seat, "openShowtime", **{**values, "holdSeconds": 80, "revision": 2})

    assert (await seat.map(showtime.id)).hold_seconds == 70
    del values["holdSeconds"], values["holdCapSeconds"]
    await call(seat, "openShowtime", **{**values, "revision": 4})
    assert (await seat.map(showtime.id)).hold_seconds == 480
    await seat.all_is_well()


async def test_an_unknown_room_or_senseless_times_open_nothing(seat: SeatSystem) -> None:
    values = opening(seat, await seat.showtime())
    assert await call(seat, "openShowtime", **{**values, "auditoriumId": new_id()}) == {
        "opened": False,
        "version": None,
    }
    for change in (
        {"showtimeId": "x"},
        {"auditoriumId": "x"},
        {"endsAt": values["startsAt"]},
        {"saleEndsAt": "2000-01-01T00:00:00Z"},
        {"holdSeconds": 0},
        {"holdSeconds": 101},
        {"holdCapSeconds": 86_401},
        {"revision": -1},
    ):
        code = await seat.denied(document("openShowtime"), {"input": {**values, **change}}, service=True)
        assert code == "BAD_USER_INPUT"
    assert await seat.services.showtimes.maps([values["showtimeId"]]) == {}


async def test_binding_makes_a_hold_the_bookings_and_may_be_repeated(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 9, 8, owner=ann)
    booking_id = new_scoped_id(showtime.id)
    values = {"holdId": hold.id, "bookingId": booking_id, "owners": [new_id(), ann.id]}

    bound = await call(seat, "bindHold", **values)

    assert bound == {
        "status": "DONE",
        "fence": 2,
        "showtimeId": showtime.id,
        "seats": [
            {"seatId": seat_id(showtime.layout_id, 8), "category": "PREMIUM", "label": "B1"},
            {"seatId": seat_id(showtime.layout_id, 9), "category": "PREMIUM", "label": "B2"},
        ],
        "expiresAt": hold.expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "maxExpiresAt": hold.max_expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert await call(seat, "bindHold", **values) == bound
    other = {**values, "bookingId": new_scoped_id(showtime.id)}
    assert (await call(seat, "bindHold", **other))["status"] == "LOST"
    seat.advance(481)
    assert (await call(seat, "bindHold", **values))["status"] == "EXPIRED"


async def test_binding_refuses_what_is_not_there(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    booking_id = new_scoped_id(showtime.id)

    async def status(hold_id: str = hold.id, booking: str = booking_id, owners: Sequence[str] = (ann.id,)) -> str:
        values = {"holdId": hold_id, "bookingId": booking, "owners": list(owners)}
        return str((await call(seat, "bindHold", **values))["status"])

    assert await status(hold_id="x") == "NOT_FOUND"
    assert await status(hold_id=new_scoped_id(showtime.id)) == "NOT_FOUND"
    assert await status(owners=[new_id()]) == "NOT_FOUND"
    assert await status(owners=[]) == "NOT_FOUND"
    assert await status(booking="x") == "NOT_FOUND"
    assert await status(booking=new_scoped_id(new_id())) == "NOT_FOUND"
    await seat.services.keeper.release(ann, hold.id)
    assert await status() == "LOST"
    second = await seat.hold(showtime, 1, owner=ann)
    await call(seat, "closeShowtime", showtimeId=showtime.id)
    assert await status(hold_id=second.id) == "CLOSED"


@pytest.mark.parametrize("field", ["pinHold", "unpinHold", "claimSeats", "swapSeats"])
async def test_a_step_needs_the_right_hold_booking_and_fence_in_time(seat: SeatSystem, field: str) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1, 2)
    unbound = await seat.hold(showtime, 5)

    assert await step(seat, field, "x", booking_id, hold.fence) == "NOT_FOUND"
    assert await step(seat, field, new_scoped_id(showtime.id), booking_id, hold.fence) == "NOT_FOUND"
    assert await step(seat, field, unbound.id, booking_id, unbound.fence) == "NOT_FOUND"
    assert await step(seat, field, hold.id, new_scoped_id(showtime.id), hold.fence) == "NOT_FOUND"
    assert await step(seat, field, hold.id, booking_id, hold.fence + 1) == "STALE_FENCE"
    assert await step(seat, field, hold.id, booking_id, str(hold.fence - 1)) == "STALE_FENCE"
    seat.advance(481)
    assert await step(seat, field, hold.id, booking_id, hold.fence) == "EXPIRED"
    await seat.services.sweeper.sweep()
    assert await step(seat, field, hold.id, booking_id, hold.fence) == "EXPIRED"
    assert await seat.statuses(showtime.id) == "A" * 22
    await seat.all_is_well()


@pytest.mark.parametrize("field", ["pinHold", "unpinHold", "claimSeats", "swapSeats"])
async def test_a_step_tells_of_released_seats_and_closed_showtimes(seat: SeatSystem, field: str) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1)
    await call(seat, "releaseSeats", bookingId=booking_id, showtimeId=showtime.id)
    assert await step(seat, field, hold.id, booking_id, hold.fence) == "LOST"
    other, other_booking = await seat.bound(showtime, 2)
    await call(seat, "closeShowtime", showtimeId=showtime.id)
    assert await step(seat, field, other.id, other_booking, other.fence) == "CLOSED"


async def test_claiming_sells_the_seats_once(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1, 2)

    values = {"holdId": hold.id, "bookingId": booking_id, "fence": hold.fence}
    sold = await call(seat, "claimSeats", **values)

    assert (sold["status"], sold["fence"], sold["expiresAt"]) == ("DONE", hold.fence, None)
    assert await call(seat, "claimSeats", **values) == sold
    after = await seat.map(showtime.id)
    assert (after.version, after.statuses, after.counts.sold) == (3, "ASSAAAAAAAAAAAAAAAAAAA", 2)
    seat.advance(10_000)
    await seat.services.sweeper.sweep()
    assert (await seat.map(showtime.id)).version == 3
    await seat.all_is_well()


async def test_an_expired_hold_never_confirms_though_nobody_took_its_seats(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1)
    seat.advance(481)
    assert await step(seat, "claimSeats", hold.id, booking_id, hold.fence) == "EXPIRED"
    assert (await seat.map(showtime.id)).counts.sold == 0


async def test_a_pinned_hold_outlives_its_time_and_its_cap(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1)
    assert await step(seat, "pinHold", hold.id, booking_id, hold.fence) == "DONE"
    seat.advance(5_000)
    await seat.services.sweeper.sweep()

    assert await seat.statuses(showtime.id) == "AHAAAAAAAAAAAAAAAAAAAA"
    again = await call(seat, "pinHold", holdId=hold.id, bookingId=booking_id, fence=hold.fence)
    assert (again["status"], again["expiresAt"]) == ("DONE", None)
    assert await step(seat, "claimSeats", hold.id, booking_id, hold.fence) == "DONE"
    await seat.all_is_well()


async def test_an_unpinned_hold_is_under_time_again(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1)
    await step(seat, "pinHold", hold.id, booking_id, hold.fence)
    seat.advance(100)
    values = {"holdId": hold.id, "bookingId": booking_id, "fence": hold.fence}
    unpinned = await call(seat, "unpinHold", **values)
    assert (unpinned["status"], unpinned["expiresAt"] is None) == ("DONE", False)
    assert await call(seat, "unpinHold", **values) == unpinned

    await step(seat, "pinHold", hold.id, booking_id, hold.fence)
    seat.advance(1_000)
    assert await step(seat, "unpinHold", hold.id, booking_id, hold.fence) == "DONE"
    assert await step(seat, "claimSeats", hold.id, booking_id, hold.fence) == "EXPIRED"
    await seat.hold(showtime, 1)
    await seat.all_is_well()


async def test_late_money_gets_its_seats_when_all_are_to_be_had(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1, 2)
    seat.advance(481)
    values = {
        "bookingId": booking_id,
        "showtimeId": showtime.id,
        "seatIds": [seat_id(showtime.layout_id, 1), seat_id(showtime.layout_id, 2)],
    }

    taken = await call(seat, "reclaimSeats", **values)

    assert (taken["status"], taken["fence"], [one["label"] for one in taken["seats"]]) == ("DONE", 3, ["A2", "A3"])
    assert await call(seat, "reclaimSeats", **values) == taken
    assert await seat.statuses(showtime.id) == "ASSAAAAAAAAAAAAAAAAAAA"
    assert await step(seat, "claimSeats", hold.id, booking_id, hold.fence) == "DONE"
    await seat.all_is_well()


async def test_late_money_takes_seats_from_other_lapsed_holds_and_after_the_sweep(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    _hold, booking_id = await seat.bound(showtime, 1)
    seat.advance(481)
    await seat.services.sweeper.sweep()
    await seat.hold(showtime, 1, 5)
    seat.advance(481)
    values = {"bookingId": booking_id, "showtimeId": showtime.id, "seatIds": [seat_id(showtime.layout_id, 1)]}
    assert (await call(seat, "reclaimSeats", **values))["status"] == "DONE"
    assert await seat.statuses(showtime.id) == "ASAAAAAAAAAAAAAAAAAAAA"
    await seat.all_is_well()


async def test_late_money_is_lost_when_one_seat_is_gone(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    _hold, booking_id = await seat.bound(showtime, 1, 2)
    seat.advance(481)
    await seat.hold(showtime, 2)
    seats = [seat_id(showtime.layout_id, 1), seat_id(showtime.layout_id, 2)]

    async def status(**changes: Any) -> str:
        values = {"bookingId": booking_id, "showtimeId": showtime.id, "seatIds": seats, **changes}
        return str((await call(seat, "reclaimSeats", **values))["status"])

    assert await status() == "LOST"
    assert await status(seatIds=[]) == "NOT_FOUND"
    assert await status(seatIds=["x"]) == "NOT_FOUND"
    assert await status(seatIds=[seat_id(showtime.layout_id, 99)]) == "NOT_FOUND"
    assert await status(seatIds=[seat_id(new_id(), 1)]) == "NOT_FOUND"
    assert await status(bookingId="x") == "NOT_FOUND"
    assert await status(showtimeId=new_id()) == "NOT_FOUND"
    assert await seat.statuses(showtime.id) == "AAHAAAAAAAAAAAAAAAAAAA"
    await call(seat, "closeShowtime", showtimeId=showtime.id)
    assert await status() == "CLOSED"
    await seat.all_is_well()


async def test_swapping_sells_the_new_seats_and_frees_the_old_in_one_version_for_readers(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    old, booking_id = await seat.bound(showtime, 1, 2)
    await step(seat, "claimSeats", old.id, booking_id, old.fence)
    new, _ = await seat.bound(showtime, 5, booking_id=booking_id)
    stranger, stranger_booking = await seat.bound(showtime, 7)
    await step(seat, "claimSeats", stranger.id, stranger_booking, stranger.fence)

    assert await step(seat, "swapSeats", new.id, booking_id, new.fence) == "DONE"
    assert await step(seat, "swapSeats", new.id, booking_id, new.fence) == "DONE"

    assert await seat.statuses(showtime.id) == "AAAAASASAAAAAAAAAAAAAA"
    assert await step(seat, "claimSeats", old.id, booking_id, old.fence) == "LOST"
    await seat.all_is_well()


async def test_releasing_frees_what_a_booking_has_and_may_be_repeated(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1, 2)
    await step(seat, "claimSeats", hold.id, booking_id, hold.fence)
    pinned, _ = await seat.bound(showtime, 5, booking_id=booking_id)
    await step(seat, "pinHold", pinned.id, booking_id, pinned.fence)
    other, _ = await seat.bound(showtime, 7)
    values = {"bookingId": booking_id, "showtimeId": showtime.id}

    freed = await call(seat, "releaseSeats", **values)

    assert (freed["status"], [one["label"] for one in freed["seats"]]) == ("DONE", ["A2", "A3", "A6"])
    assert await seat.statuses(showtime.id) == "AAAAAAAHAAAAAAAAAAAAAA"
    version = (await seat.map(showtime.id)).version
    assert (await call(seat, "releaseSeats", **values))["status"] == "DONE"
    assert (await seat.map(showtime.id)).version == version
    assert (await call(seat, "releaseSeats", bookingId="x", showtimeId=showtime.id))["status"] == "NOT_FOUND"
    unknown = new_id()
    values = {"bookingId": new_scoped_id(unknown), "showtimeId": unknown}
    assert (await call(seat, "releaseSeats", **values))["status"] == "NOT_FOUND"
    assert other.id in await seat.services.keeper.find([other.id])
    await seat.all_is_well()


async def test_closing_ends_live_holds_pinned_ones_too_and_leaves_what_is_sold(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    hold, booking_id = await seat.bound(showtime, 1)
    await step(seat, "claimSeats", hold.id, booking_id, hold.fence)
    pinned, pinned_booking = await seat.bound(showtime, 2)
    await step(seat, "pinHold", pinned.id, pinned_booking, pinned.fence)
    await seat.hold(showtime, 3, 4)

    assert await call(seat, "closeShowtime", showtimeId=showtime.id) == {"done": True}
    version = (await seat.map(showtime.id)).version
    assert await call(seat, "closeShowtime", showtimeId=showtime.id) == {"done": True}

    after = await seat.map(showtime.id)
    assert (after.version, after.statuses, after.is_closed) == (version, "ASAAAAAAAAAAAAAAAAAAAA", True)
    assert await call(seat, "closeShowtime", showtimeId=new_id()) == {"done": False}
    await call(seat, "releaseSeats", bookingId=booking_id, showtimeId=showtime.id)
    assert await seat.statuses(showtime.id) == "A" * 22
    await seat.all_is_well()


async def test_a_guests_holds_become_the_users(seat: SeatSystem) -> None:
    showtime, guest, user = await seat.showtime(), person(role=Role.GUEST), person()
    hold = await seat.hold(showtime, 1, owner=guest)
    for _ in range(2):
        assert await call(seat, "adoptGuest", guestId=guest.id, userId=user.id) == {"done": True}
    assert [one.id for one in await seat.services.keeper.of_owners([user.id])] == [hold.id]
    await seat.services.keeper.extend(user, hold.id)
    assert await seat.services.keeper.of_owners([guest.id]) == []


async def test_a_person_is_forgotten_with_their_holds_and_stored_answers(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    await seat.hold(showtime, 1, owner=ann, key="k")
    kept = await seat.hold(showtime, 2, owner=ann)
    booking_id = new_scoped_id(showtime.id)
    await call(seat, "bindHold", holdId=kept.id, bookingId=booking_id, owners=[ann.id])
    for _ in range(2):
        assert await call(seat, "forgetPerson", userId=ann.id) == {"done": True}
    assert await seat.statuses(showtime.id) == "AAHAAAAAAAAAAAAAAAAAAA"
    assert (await seat.hold(showtime, 1, owner=ann, key="k")).fence == 5
    await seat.all_is_well()


@pytest.mark.parametrize("field", ["adoptGuest", "forgetPerson", "registerCinema"])
async def test_malformed_ids_of_people_and_cinemas_are_refused(seat: SeatSystem, field: str) -> None:
    values = {"adoptGuest": {"guestId": "x", "userId": new_id()}, "forgetPerson": {"userId": "x"}}
    given = values.get(field, {"cinemaId": "x"})
    assert await seat.denied(document(field), {"input": given}, service=True) == "BAD_USER_INPUT"
