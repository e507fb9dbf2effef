"""The demo's programme: which film runs where and when, what it costs, who has bought already.

Everything follows from one seed and the day: two machines that start on the same day show the same programme.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventio.demo.rooms import Cinema

DAYS: Final = 14
_CLEANING: Final = timedelta(minutes=25)
_FIRST_STARTS: Final = (time(14, 30), time(15, 0), time(16, 15))
_LAST_START: Final = time(21, 30)
_SHOWS_A_DAY: Final = 2
# What a place costs against a standard seat, in percent.
_PRICE_PERCENT: Final = {"STANDARD": 100, "PREMIUM": 130, "RECLINER": 160, "WHEELCHAIR": 80, "COMPANION": 80}
_MATINEE_ENDS: Final = time(17)
_MATINEE_PERCENT: Final = 80
_FULLEST: Final = 0.45
_PARTY_SIZES: Final = (1, 2, 2, 2, 3, 4)


@dataclass(frozen=True)
class Film:
    """What the programme needs to know of a film."""

    id: str
    runtime_minutes: int


@dataclass(frozen=True)
class Slot:
    """A showtime of the demo: the film, the start in the cinema's zone, prices by category in minor units."""

    film: Film
    starts_at: datetime
    prices: dict[str, int]


def slots(cinema: Cinema, films: Sequence[Film], *, room_index: int, first_day: date, seed: int) -> Iterator[Slot]:
    """Fill one room's two weeks: some showtimes a day, one after the other, never overlapping."""
    draw = random.Random(f"{seed} {cinema.name} {room_index}")  # noqa: S311 - a programme, not a secret
    zone = ZoneInfo(cinema.time_zone)
    for day in range(DAYS):
        start = datetime.combine(first_day + timedelta(days=day), draw.choice(_FIRST_STARTS), zone)
        for _ in range(_SHOWS_A_DAY):
            if start.time() > _LAST_START or start.date() != first_day + timedelta(days=day):
                break
            film = draw.choice(films)
            yield Slot(film, start, _prices(cinema, start))
            start = _next_quarter(start + timedelta(minutes=film.runtime_minutes) + _CLEANING + timedelta(minutes=90))


def _prices(cinema: Cinema, start: datetime) -> dict[str, int]:
    base = cinema.price * (_MATINEE_PERCENT if start.time() < _MATINEE_ENDS else 100) // 100
    return {category: base * percent // 100 // 10 * 10 for category, percent in _PRICE_PERCENT.items()}


def _next_quarter(moment: datetime) -> datetime:
    return moment + timedelta(minutes=-moment.minute % 15)


def parties(seat_count: int, *, blocked: frozenset[int], seed: str) -> Iterator[tuple[int, ...]]:
    """Choose which seats are sold already: groups of neighbours, more in some showtimes than in others.

    Args:
        seat_count: places in the room; positions are 0 to seat_count - 1 in layout order.
        blocked: positions that are not sold this way (wheelchair and companion places).
        seed: of this showtime.
    """
    draw = random.Random(seed)  # noqa: S311 - as above
    wanted = int(seat_count * draw.uniform(0, _FULLEST))
    free = set(range(seat_count)) - blocked
    sold = 0
    while sold < wanted:
        size = draw.choice(_PARTY_SIZES)
        # People prefer the middle: the place is drawn twice and averaged.
        start = (draw.randrange(seat_count) + draw.randrange(seat_count)) // 2
        party = tuple(range(start, start + size))
        sold += size
        if free.issuperset(party):
            free.difference_update(party)
            yield party
