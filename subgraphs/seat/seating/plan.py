"""Turns a plan of letters into a layout."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from subgraphs.seat.seating.category import CATEGORY_OF_LETTER
from subgraphs.seat.seating.layout import Layout, Seat, make_seat

GAP: Final = "."
MAX_ROWS: Final = 100
MAX_COLUMNS: Final = 100
MAX_LABEL_LENGTH: Final = 4
MAX_SEATS: Final = 2_000


class SeatNumbering(enum.Enum):
    """From which side a row's seats are counted, seen towards the screen."""

    LEFT_TO_RIGHT = "LEFT_TO_RIGHT"
    RIGHT_TO_LEFT = "RIGHT_TO_LEFT"


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row: a letter a place (see `CATEGORY_OF_LETTER`), a dot a gap."""

    label: str
    seats: str
    numbering: SeatNumbering = SeatNumbering.LEFT_TO_RIGHT


class PlanRefused(Exception):
    """The plan cannot be built.

    Attributes:
        message: what to do, for a person.
        path: where in the list of rows.
    """

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def check_plan(rows: Sequence[RowPlan]) -> None:
    """Check a plan's bounds.

    Raises:
        PlanRefused: it has no row or seat, too many of them, an unknown letter, or two rows of one label.
    """
    if not 1 <= len(rows) <= MAX_ROWS:
        raise PlanRefused(f"An auditorium has 1 to {MAX_ROWS} rows.")
    labels: set[str] = set()
    total = 0
    for index, row in enumerate(rows):
        _check_row(row, index)
        if row.label in labels:
            raise PlanRefused(f"Two rows are labelled {row.label!r}: give each its own label.", str(index), "label")
        labels.add(row.label)
        total += len(row.seats) - row.seats.count(GAP)
    if not 1 <= total <= MAX_SEATS:
        raise PlanRefused(f"An auditorium has 1 to {MAX_SEATS} seats; this plan has {total}.")


def _check_row(row: RowPlan, index: int) -> None:
    if not 1 <= len(row.label) <= MAX_LABEL_LENGTH or not row.label.isalnum():
        raise PlanRefused(f"A row's label is 1 to {MAX_LABEL_LENGTH} letters or digits.", str(index), "label")
    if not 1 <= len(row.seats) <= MAX_COLUMNS:
        raise PlanRefused(f"A row is 1 to {MAX_COLUMNS} places wide.", str(index), "seats")
    if set(row.seats) - set(CATEGORY_OF_LETTER) - {GAP}:
        raise PlanRefused(
            "A row's places are letters: s standard, p premium, r recliner, w wheelchair, c companion, . gap.",
            str(index),
            "seats",
        )


def build_layout(rows: Sequence[RowPlan], *, layout_id: str, auditorium_id: str, version: int) -> Layout:
    """Build the layout of a checked plan. Rows without a seat count as aisles: they take a place in depth."""
    seats: list[Seat] = []
    for depth, row in enumerate(rows):
        places = [(column, letter) for column, letter in enumerate(row.seats) if letter != GAP]
        for index, (column, letter) in enumerate(places):
            number = index + 1 if row.numbering is SeatNumbering.LEFT_TO_RIGHT else len(places) - index
            category = CATEGORY_OF_LETTER[letter]
            seats.append(
                make_seat(layout_id, len(seats), row=row.label, number=number, category=category, x=column, y=depth)
            )
    columns = max(len(row.seats) for row in rows)
    return Layout(layout_id, auditorium_id, version, len(rows), columns, tuple(seats))
