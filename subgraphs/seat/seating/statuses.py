"""The packed seat map: one letter a seat in layout order; and its changes."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

Change = tuple[int, str]
"""A position and the letter of its new status."""


class SeatStatus(enum.Enum):
    """Whether a seat can be had; the values are the letters of the packed map."""

    AVAILABLE = "A"
    HELD = "H"
    SOLD = "S"
    BLOCKED = "B"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many seats have which status."""

    total: int
    available: int
    held: int
    sold: int
    blocked: int

    @classmethod
    def of(cls, statuses: str) -> Counts:
        """Count a packed map."""
        return cls(len(statuses), statuses.count("A"), statuses.count("H"), statuses.count("S"), statuses.count("B"))


def applied(statuses: str, changes: Iterable[Change]) -> str:
    """Give the packed map after changes."""
    letters = list(statuses)
    for position, letter in changes:
        letters[position] = letter
    return "".join(letters)


def packed_changes(changes: Iterable[Change]) -> str:
    """Write changes as text, `12H,13H`, as the event log keeps them."""
    return ",".join(f"{position}{letter}" for position, letter in changes)


def unpacked_changes(text: str) -> list[Change]:
    """Read what `packed_changes` wrote."""
    return [(int(item[:-1]), item[-1]) for item in text.split(",")] if text else []
