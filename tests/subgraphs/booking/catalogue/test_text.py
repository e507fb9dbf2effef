"""Texts from outside."""

from __future__ import annotations

import pytest

from subgraphs.booking.text import checked_text, fold, optional_text, trigrams
from subgraphs.common.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Le Fabuleux destin d'Amélie Poulain", "le fabuleux destin d amelie poulain"),
        ("SPIDER-MAN  2", "spider man 2"),
        ("Straße", "strasse"),
        ("Łódź, Ærø", "lodz aero"),
        ("Let\N{RIGHT SINGLE QUOTATION MARK}s dance", "lets dance"),
        ("七人の侍", "七人の侍"),
        ("!?", ""),
    ],
)
def test_folding_leaves_letters_and_digits_without_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_again_changes_nothing() -> None:
    assert fold(fold("Ærø & Łódź")) == fold("Ærø & Łódź")


def test_trigrams_tell_the_start_and_the_end_of_words() -> None:
    assert trigrams("up in") == {"  u", " up", "up ", "  i", " in", "in "}


def test_a_text_is_stripped_and_composed() -> None:
    assert checked_text("  Ame\N{COMBINING ACUTE ACCENT}lie ", field="title", longest=10) == "Amélie"


@pytest.mark.parametrize("text", ["", "   ", "a" * 11, "a\x00b", "a\nb", "a\x1b[2J", "a\ud800b"])
def test_what_is_no_plain_text_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_text(text, field="title", longest=10)
    assert refusal.value.field == ("title",)


def test_lines_are_kept_where_they_are_allowed() -> None:
    assert checked_text("a\nb", field="synopsis", longest=10, multiline=True) == "a\nb"


@pytest.mark.parametrize("text", [None, "", "  "])
def test_nothing_is_nothing(text: str | None) -> None:
    assert optional_text(text, field="synopsis", longest=10) is None
