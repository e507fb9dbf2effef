"""The invariants that the databases can show, and the rules that check each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from eventio.checking import joint_rules, sale_rules, seat_rules
from eventio.checking.books import Breach, ShowtimeBooks

Rule = Callable[[ShowtimeBooks], Iterator[Breach]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that always holds.

    Attributes:
        code: the breaches of its rules carry it.
        sentence: what holds.
    """

    code: str
    sentence: str


# I6, I8, I11 and I18 are about what clients were told and who asked: databases cannot show them; tests do.
INVARIANTS: Final = (
    Invariant("I1", "a seat has at most one valid ticket"),
    Invariant("I2", "a seat has at most one live hold, a sold seat none"),
    Invariant("I3", "confirmed bookings and sold seats are the same"),
    Invariant("I4", "captured minus refunded is what tickets cost plus what policy keeps"),
    Invariant("I5", "one capture a booking, refunds within captures"),
    Invariant("I7", "all seats of a hold are held, or none"),
    Invariant("I9", "no hold outlives its cap"),
    Invariant("I10", "no seat is held by nobody"),
    Invariant("I12", "states moved along their arrows only"),
    Invariant("I13", "no seat is given away under an unresolved payment"),
    Invariant("I14", "the seat log has no gaps and replays to the map, the map is the claims"),
    Invariant("I15", "prices are those that were quoted"),
    Invariant("I16", "every change of state is in the audit log"),
    Invariant("I17", "tickets let in once, cancelled ones never"),
)

RULES: Final[tuple[Rule, ...]] = (
    sale_rules.one_ticket_per_seat,
    sale_rules.money_adds_up,
    sale_rules.provider_agrees,
    sale_rules.one_capture,
    sale_rules.price_is_the_quote,
    sale_rules.tickets_match_bookings,
    sale_rules.time_stands_still_while_paying,
    sale_rules.states_move_along_arrows,
    seat_rules.one_hold_per_seat,
    seat_rules.holds_are_whole,
    seat_rules.no_leaked_seat,
    seat_rules.holds_end_in_time,
    seat_rules.log_replays,
    seat_rules.map_is_the_claims,
    joint_rules.confirmed_means_sold,
    joint_rules.sold_means_confirmed,
    joint_rules.no_hold_outlives_its_booking,
    joint_rules.seats_are_kept_while_paying,
)


def breaches_of(books: ShowtimeBooks) -> Iterator[Breach]:
    """Check one showtime."""
    for rule in RULES:
        yield from rule(books)
