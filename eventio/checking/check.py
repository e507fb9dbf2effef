"""Checks a system, also while it sells: what seems wrong is looked at again before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eventio.checking.books import Breach, ShowtimeBooks
from eventio.checking.invariants import breaches_of
from eventio.checking.reading import BookReader

_SHOWTIMES_AT_ONCE: Final = 20
Told = Callable[[int, int], None]
"""Takes how many showtimes were read, and of how many."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        breaches: what is wrong, and was so at every look.
        showtimes: how many were read.
        bookings: how many were read.
        under_way: sales that the saga still works on.
        overdue: those of them that nobody has touched for minutes after they were due.
    """

    breaches: tuple[Breach, ...]
    showtimes: int
    bookings: int
    under_way: int
    overdue: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """How a check tells a breach from a sale that it met in the middle.

    Attributes:
        looks: how often a showtime with a breach is read in all.
        pause: seconds between two looks.
    """

    looks: int = 4
    pause: float = 2.0


class Check:
    """Reads every showtime once, and those with a breach again."""

    def __init__(self, reader: BookReader, *, patience: Patience | None = None) -> None:
        self._reader = reader
        self._patience = patience or Patience()

    async def run(self, *, told: Told | None = None) -> Report:
        """Check all showtimes that either database knows."""
        showtime_ids = await self._reader.showtime_ids()
        suspects: dict[str, set[Breach]] = {}
        bookings, under_way, overdue, done = 0, 0, list[str](), 0
        for part in _parts(showtime_ids):
            for books in await self._reader.read(part):
                done += 1
                found = set(breaches_of(books))
                if found:
                    suspects[books.showtime_id] = found
                bookings += 0 if books.sale is None else len(books.sale.bookings)
                under_way += len(_under_way(books))
                overdue += _overdue(books)
            if told is not None:
                told(done, len(showtime_ids))
        confirmed = await self._look_again(suspects)
        return Report(tuple(sorted(confirmed, key=_order)), len(showtime_ids), bookings, under_way, tuple(overdue))

    async def _look_again(self, suspects: dict[str, set[Breach]]) -> list[Breach]:
        """Read suspects until nothing is left of them, or patience ends. A breach whose values move is a new one."""
        for _ in range(self._patience.looks - 1):
            if not suspects:
                break
            await asyncio.sleep(self._patience.pause)
            again: dict[str, set[Breach]] = {}
            for part in _parts(sorted(suspects)):
                for books in await self._reader.read(part):
                    subjects = {(one.invariant, one.subject) for one in suspects[books.showtime_id]}
                    still = {one for one in breaches_of(books) if (one.invariant, one.subject) in subjects}
                    if still:
                        again[books.showtime_id] = still
            suspects = again
        return [breach for found in suspects.values() for breach in found]


def _under_way(books: ShowtimeBooks) -> list[str]:
    sale = books.sale
    return [] if sale is None else [one.id for one in sale.bookings if sale.is_under_way(one)]


def _overdue(books: ShowtimeBooks) -> list[str]:
    sale = books.sale
    return [] if sale is None else [one.id for one in sale.bookings if sale.is_overdue(one)]


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _SHOWTIMES_AT_ONCE] for start in range(0, len(ids), _SHOWTIMES_AT_ONCE)]


def _order(breach: Breach) -> tuple[int, str, str]:
    return int(breach.invariant[1:]), breach.subject, breach.detail
