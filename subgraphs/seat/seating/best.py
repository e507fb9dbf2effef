"""Finds the best adjacent seats that are free.

Best is nearest to the room's focal point, the middle of the room at two thirds of its depth. Among all blocks those
that strand no single seat come first. Wheelchair and companion places are offered only to those who ask for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from subgraphs.seat.seating.category import ACCESSIBLE, SeatCategory
from subgraphs.seat.seating.layout import Layout, Seat

_FOCAL_DEPTH: Final = 2 / 3
_CACHED_WISHES: Final = 2_048
_FREE: Final = "A"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for.

    Attributes:
        count: how many seats, side by side.
        category: of this category only; None: any, but one for all of them.
        accessible: with at least one wheelchair place; companions' and ordinary places may be beside it.
    """

    count: int
    category: SeatCategory | None = None
    accessible: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A block of adjacent seats."""

    seats: tuple[Seat, ...]
    category: SeatCategory


def best_seats(layout: Layout, statuses: str, wish: Wish, *, limit: int = 1) -> list[Suggestion]:
    """Find the best free blocks, best first, none sharing a seat with another.

    Args:
        layout: the room.
        statuses: the packed map; what is not `A` is not free.
        wish: see `Wish`.
        limit: how many blocks at most.
    """
    found: list[Suggestion] = []
    while len(found) < limit:
        start = _best_start(layout, statuses, wish)
        if start is None:
            break
        end = start + wish.count
        found.append(_suggestion(layout, start, wish))
        # What was suggested counts as taken for the next suggestion.
        statuses = f"{statuses[:start]}{'H' * wish.count}{statuses[end:]}"
    return found


def _best_start(layout: Layout, statuses: str, wish: Wish) -> int | None:
    if statuses.count(_FREE) < wish.count:
        return None
    wanted = _FREE * wish.count
    stranding: int | None = None
    for start in _blocks(layout, wish):
        if statuses[start : start + wish.count] != wanted:
            continue
        if not _strands(layout, statuses, start, start + wish.count):
            return start
        if stranding is None:
            stranding = start
    return stranding


@lru_cache(maxsize=_CACHED_WISHES)
def _blocks(layout: Layout, wish: Wish) -> tuple[int, ...]:
    """Give where blocks begin that would fit in an empty room, best first. A layout never changes: found once."""
    scored = ((_score(layout, start, wish), start) for start in _fitting(layout, wish))
    return tuple(start for _, start in sorted(scored))


def _fitting(layout: Layout, wish: Wish) -> Iterator[int]:
    for start in range(len(layout.seats) - wish.count + 1):
        seats = layout.seats[start : start + wish.count]
        together = all(layout.is_beside_next(seat.position) for seat in seats[:-1])
        if together and _suits({seat.category for seat in seats}, wish):
            yield start


def _suits(categories: set[SeatCategory], wish: Wish) -> bool:
    if wish.accessible:
        allowed = ACCESSIBLE if wish.category is None else ACCESSIBLE | {wish.category}
        ordinary = categories - ACCESSIBLE
        return SeatCategory.WHEELCHAIR in categories and (
            categories <= allowed or (wish.category is None and len(ordinary) == 1)
        )
    if wish.category is not None:
        return categories == {wish.category}
    return len(categories) == 1 and not categories & ACCESSIBLE


def _score(layout: Layout, start: int, wish: Wish) -> tuple[int, float]:
    """Rate a block, lower is better: first how many wheelchair places it takes, then how far it is from the focus."""
    seats = layout.seats[start : start + wish.count]
    focal_x = (layout.columns - 1) / 2
    focal_y = (layout.rows - 1) * _FOCAL_DEPTH
    distance = sum(math.hypot(seat.x - focal_x, seat.y - focal_y) for seat in seats) / len(seats)
    wheelchairs = sum(seat.category is SeatCategory.WHEELCHAIR for seat in seats) if wish.accessible else 0
    return wheelchairs, round(distance, 9)


def _strands(layout: Layout, statuses: str, start: int, end: int) -> bool:
    """Tell whether taking `start` to `end` leaves a free seat beside it that has no free neighbour."""

    def is_free(position: int) -> bool:
        return statuses[position] == _FREE and not layout.seats[position].accessible

    left = start - 1
    if layout.is_beside_next(left) and is_free(left) and not (layout.is_beside_next(left - 1) and is_free(left - 1)):
        return True
    last = end - 1
    if not layout.is_beside_next(last) or not is_free(end):
        return False
    return not (layout.is_beside_next(end) and is_free(end + 1))


def _suggestion(layout: Layout, start: int, wish: Wish) -> Suggestion:
    seats = layout.seats[start : start + wish.count]
    category = SeatCategory.WHEELCHAIR if wish.accessible else seats[0].category
    return Suggestion(seats, category)
