"""Layouts and the packed map: what is written is what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.common.ids import new_id
from subgraphs.seat.seating.layout import Layout, parse_seat_id, seat_id
from subgraphs.seat.seating.plan import PlanRefused, RowPlan, SeatNumbering, build_layout, check_plan
from subgraphs.seat.seating.statuses import Counts, applied, packed_changes, unpacked_changes

PLAN = [RowPlan("A", "s.pr"), RowPlan("AA", "...."), RowPlan("1", "wc.s", SeatNumbering.RIGHT_TO_LEFT)]


def test_a_stored_layout_is_read_as_it_was() -> None:
    layout = build_layout(PLAN, layout_id=new_id(), auditorium_id=new_id(), version=3)
    again = Layout.restored(
        layout_id=layout.id,
        auditorium_id=layout.auditorium_id,
        version=3,
        rows=layout.rows,
        columns=layout.columns,
        stored=layout.stored(),
    )
    assert again.seats == layout.seats
    assert (again.rows, again.columns, again.version) == (3, 4, 3)


def test_a_row_is_counted_from_its_side_and_gaps_have_no_number() -> None:
    layout = build_layout(PLAN, layout_id=new_id(), auditorium_id=new_id(), version=1)
    assert [seat.label for seat in layout.seats] == ["A1", "A2", "A3", "1-3", "1-2", "1-1"]
    assert [(seat.x, seat.y) for seat in layout.seats] == [(0, 0), (2, 0), (3, 0), (0, 2), (1, 2), (3, 2)]
    assert [layout.is_beside_next(position) for position in range(-1, 7)] == [
        False, False, True, False, True, False, False, False,
    ]  # fmt: skip


def test_2000_seats_are_the_most() -> None:
    rows = [RowPlan(f"R{row}", "s" * 100) for row in range(20)]
    check_plan(rows)
    with pytest.raises(PlanRefused):
        check_plan([*rows, RowPlan("Z", "s")])


def test_seat_ids_are_read_strictly() -> None:
    layout_id = new_id()
    assert parse_seat_id(seat_id(layout_id, 1_999)) == (layout_id, 1_999)
    for bad in (
        "",
        layout_id,
        f"{layout_id}.",
        f"{layout_id}.-1",
        f"{layout_id}.٣",
        f"{layout_id}.1\n",
        f"{layout_id}.01",
    ):
        assert parse_seat_id(bad) is None


@pytest.mark.property
@given(st.lists(st.tuples(st.integers(0, 1_999), st.sampled_from("AHSB")), unique_by=lambda change: change[0]))
def test_packed_changes_are_read_as_written(changes: list[tuple[int, str]]) -> None:
    assert unpacked_changes(packed_changes(changes)) == changes


@pytest.mark.property
@given(st.text("AHSB", min_size=1, max_size=50), st.data())
def test_changes_make_the_map_say_what_they_say(statuses: str, data: st.DataObject) -> None:
    position = st.integers(0, len(statuses) - 1)
    changes = data.draw(st.lists(st.tuples(position, st.sampled_from("AHSB")), unique_by=lambda change: change[0]))
    after = applied(statuses, changes)
    expected = dict(enumerate(statuses)) | dict(changes)
    assert after == "".join(expected[index] for index in range(len(statuses)))
    counts = Counts.of(after)
    assert counts.available + counts.held + counts.sold + counts.blocked == counts.total == len(statuses)
