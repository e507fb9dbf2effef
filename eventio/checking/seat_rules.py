"""Invariants that seat's database shows by itself: I2, I7, I9, I10, I14 and the seat log's half of I16."""

from __future__ import annotations

from collections.abc import Iterator

from eventio.checking.books import Breach, SeatBooks, ShowtimeBooks
from subgraphs.seat.models.records import ClaimRecord
from subgraphs.seat.service.replay import claim_faults, replay_faults


def one_hold_per_seat(books: ShowtimeBooks) -> Iterator[Breach]:
    """I2: at most one live hold per seat; none on a sold one."""
    seat = books.seat
    if seat is None:
        return
    claims = {claim.position: claim for claim in seat.claims}
    for hold in seat.live_holds.values():
        for position in hold.positions:
            claim = claims.get(position)
            if claim is None or claim.status != "H" or claim.hold_id != hold.id:
                found = "gone" if claim is None else _told(claim)
                yield Breach("I2", hold.id, f"the hold lives, but its seat {position} is {found}")


def holds_are_whole(books: ShowtimeBooks) -> Iterator[Breach]:
    """I7: of the seats of a live hold all are held, or none."""
    seat = books.seat
    if seat is None:
        return
    held = {claim.position for claim in seat.claims if claim.status == "H"}
    for hold in seat.live_holds.values():
        missing = set(hold.positions) - held
        if missing and len(missing) < len(hold.positions):
            yield Breach("I7", hold.id, f"holds {len(hold.positions)} seats, of which {sorted(missing)} are not held")


def no_leaked_seat(books: ShowtimeBooks) -> Iterator[Breach]:
    """I10: a seat is held by a hold that lives, and by nothing else."""
    seat = books.seat
    if seat is None:
        return
    for claim in seat.claims:
        if claim.status != "H":
            continue
        hold = seat.live_holds.get(claim.hold_id or "")
        subject = _seat(seat, claim)
        if hold is None:
            yield Breach("I10", subject, f"held by {claim.hold_id}, which has ended: nobody gives the seat back")
        elif claim.position not in hold.positions:
            yield Breach("I10", subject, f"held by {hold.id}, which does not name it")


def holds_end_in_time(books: ShowtimeBooks) -> Iterator[Breach]:
    """I9: a hold's life never passes its cap."""
    seat = books.seat
    if seat is None:
        return
    for hold in seat.holds:
        if hold.expires_at > hold.max_expires_at:
            yield Breach("I9", hold.id, f"ends {hold.expires_at}, after its cap at {hold.max_expires_at}")


def log_replays(books: ShowtimeBooks) -> Iterator[Breach]:
    """I14 and I16: versions without gaps, and a log that replays to the map."""
    if books.seat is not None:
        for detail in replay_faults(books.seat.showtime, books.seat.events):
            yield Breach("I14", books.showtime_id, detail)


def map_is_the_claims(books: ShowtimeBooks) -> Iterator[Breach]:
    """I14: the packed map and its counts are those of the claims."""
    if books.seat is not None:
        for detail in claim_faults(books.seat.showtime, books.seat.claims):
            yield Breach("I14", books.showtime_id, detail)


def _seat(seat: SeatBooks, claim: ClaimRecord) -> str:
    return f"{seat.showtime.id}/{claim.position}"


def _told(claim: ClaimRecord) -> str:
    match claim.status:
        case "A":
            return "free"
        case "H":
            return f"held by {claim.hold_id}"
        case "S":
            return f"sold to {claim.booking_id}"
        case _:
            return "blocked"
