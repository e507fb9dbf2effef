"""Texts as a search compares them."""

from __future__ import annotations

import pytest

from subgraphs.booking.text import fold, trigrams


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
