"""Best seats: adjacent, near the focal point, no orphans where avoidable, accessible places for those who ask."""

from __future__ import annotations

import pytest

from subgraphs.common.ids import new_id
from subgraphs.seat.seating.best import Wish, best_seats
from subgraphs.seat.seating.category import SeatCategory
from subgraphs.seat.seating.layout import Layout
from subgraphs.seat.seating.plan import RowPlan, build_layout


def room(*rows: str) -> Layout:
    plans = [RowPlan(chr(ord("A") + index), seats) for index, seats in enumerate(rows)]
    return build_layout(plans, layout_id=new_id(), auditorium_id=new_id(), version=1)


def best(layout: Layout, statuses: str, wish: Wish | int, *, limit: int = 1) -> list[list[int]]:
    """Give the positions of the blocks found. Blanks in the map are for the reader."""
    wish = Wish(wish) if isinstance(wish, int) else wish
    found = best_seats(layout, statuses.replace(" ", ""), wish, limit=limit)
    return [[seat.position for seat in block.seats] for block in found]


def test_an_empty_room_gives_the_middle_at_two_thirds_of_its_depth() -> None:
    layout = room(*["s" * 9] * 7)
    assert best(layout, "A" * 63, 1) == [[4 * 9 + 4]]
    assert best(layout, "A" * 63, 3) == [[4 * 9 + 3, 4 * 9 + 4, 4 * 9 + 5]]


def test_seats_are_side_by_side_in_one_row_without_a_gap() -> None:
    layout = room("ss.ss", "s.s.s")
    assert best(layout, "AAAA AAA", 2) == [[0, 1]]
    assert best(layout, "AAAA AAA", 3) == []
    assert best(layout, "AHAA AAA", 2) == [[2, 3]]
    assert best(layout, "AHHA AAA", 2) == []


def test_no_single_seat_is_stranded_where_that_can_be_avoided() -> None:
    layout = room("sssssss")
    # The middle would be 2 and 3 or 3 and 4; with 0 taken, 2 and 3 would strand 1.
    assert best(layout, "HAAAAAA", 2) == [[3, 4]]
    assert best(layout, "AAAAAAH", 2) == [[2, 3]]


def test_a_stranded_seat_is_accepted_where_there_is_no_other_way() -> None:
    layout = room("sss")
    assert best(layout, "AAA", 2) == [[0, 1]]
    assert best(layout, "HAA", 1) == [[1]]


def test_a_seat_that_stood_alone_before_strands_nobody() -> None:
    layout = room("sssss")
    assert best(layout, "AHAAH", 2) == [[2, 3]]


def test_a_far_row_without_orphans_is_better_than_a_near_one_with() -> None:
    layout = room("ssss", "sss")
    assert best(layout, "AAAA AAA", 2) == [[1, 2]] or best(layout, "AAAA AAA", 2) == [[0, 1]]
    assert best(layout, "AAAA AAH", 1) == [[0]] or best(layout, "AAAA AAH", 1) == [[3]]


def test_one_category_for_all_and_the_one_that_was_asked_for() -> None:
    layout = room("sspp", "rrrr")
    assert best(layout, "A" * 8, Wish(2, SeatCategory.PREMIUM)) == [[2, 3]]
    assert best(layout, "A" * 8, Wish(3, SeatCategory.PREMIUM)) == []
    assert best(layout, "AAAA HHHH", 3) == []


def test_wheelchair_and_companion_places_are_for_those_who_ask() -> None:
    layout = room("wc.ss", "wwcss")
    assert best(layout, "AAHH AAAHH", 1) == []
    assert best(layout, "AAHH HHHHH", Wish(1, accessible=True)) == [[0]]
    assert best(layout, "AAHH HHHHH", Wish(2, accessible=True)) == [[0, 1]]
    assert best(layout, "AAHH HHHHH", Wish(1, SeatCategory.COMPANION)) == [[1]]
    assert best(layout, "AAHH HHHHH", Wish(3, accessible=True)) == []


def test_no_more_wheelchair_places_are_taken_than_needed() -> None:
    layout = room("wwc", "sss")
    assert best(layout, "AAA HHH", Wish(2, accessible=True)) == [[1, 2]]
    assert best(layout, "AAH HHH", Wish(2, accessible=True)) == [[0, 1]]


def test_the_suggestions_share_no_seat_and_come_best_first() -> None:
    layout = room("sssssss")
    assert best(layout, "A" * 7, 2, limit=3) == [[2, 3], [0, 1], [4, 5]]
    assert best(layout, "A" * 7, 2, limit=9) == [[2, 3], [0, 1], [4, 5]]


def test_a_suggestion_names_its_category() -> None:
    layout = room("rrr", "wcs")
    [plain] = best_seats(layout, "AAAAAA", Wish(3))
    [accessible] = best_seats(layout, "AAAAAA", Wish(3, accessible=True))
    assert (plain.category, accessible.category) == (SeatCategory.RECLINER, SeatCategory.WHEELCHAIR)


@pytest.mark.parametrize("count", [1, 4, 10])
def test_a_room_without_that_many_free_seats_gives_nothing(count: int) -> None:
    layout = room("ssss")
    assert best(layout, "HSBH", count) == []
