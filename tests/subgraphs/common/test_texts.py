"""Texts from outside."""

from __future__ import annotations

import pytest

from subgraphs.common.errors import InvalidInput
from subgraphs.common.texts import checked_text, optional_text


def test_a_text_is_trimmed_and_composed() -> None:
    assert checked_text("  Ame\u0301lie ", longest=20, field=["title"]) == "Amélie"


@pytest.mark.parametrize("value", ["", "   ", "x" * 21, "a\x00b", "a\nb", "\ud800", "a\u202eb", "\ue000", "a\u2028b"])
def test_what_is_empty_long_or_broken_is_refused_with_its_path(value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_text(value, longest=20, field=["rows", "0", "label"])
    assert caught.value.field == ("rows", "0", "label")


def test_line_breaks_stand_where_they_may() -> None:
    assert checked_text("one\n\ttwo", longest=20, field=["synopsis"], multiline=True) == "one\n\ttwo"


def test_a_text_of_a_megabyte_is_refused_by_its_length_alone() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        checked_text("\x00" * 1_000_000, longest=100, field=["name"])


@pytest.mark.parametrize("text", [None, "", "  "])
def test_nothing_is_nothing_where_a_text_is_optional(text: str | None) -> None:
    assert optional_text(text, field=["synopsis"], longest=10) is None


def test_an_optional_text_is_checked_where_it_is_there() -> None:
    assert optional_text(" a ", field=["synopsis"], longest=10) == "a"
    with pytest.raises(InvalidInput) as refusal:
        optional_text("a" * 11, field=["synopsis"], longest=10)
    assert refusal.value.field == ("synopsis",)
