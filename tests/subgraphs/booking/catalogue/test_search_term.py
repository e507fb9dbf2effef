"""How a search term is compared with titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.booking.repository.movie_search import SearchTerm
from subgraphs.booking.text import fold, trigrams


def test_a_short_term_needs_two_fifths_of_its_trigrams() -> None:
    term = SearchTerm.of("matirx")
    assert len(term.trigrams) == 7
    assert term.needed == 3
    assert len(set(term.trigrams) & trigrams("the matrix")) == 3


def test_a_long_term_needs_half_of_them() -> None:
    assert SearchTerm.of("fellowship").needed == 6


def test_a_term_too_short_to_share_trigrams_is_looked_for_in_each_title() -> None:
    assert SearchTerm.of("up").scan
    assert not SearchTerm.of("atri").scan


@pytest.mark.property
@given(
    title=st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=5).map(" ".join),
    cut=st.tuples(st.integers(0, 20), st.integers(1, 20)),
)
def test_a_part_of_a_title_is_never_missed(title: str, cut: tuple[int, int]) -> None:
    part = fold(title[cut[0] : cut[0] + cut[1]])
    if not part:
        return
    term = SearchTerm.of(part)
    assert term.scan or len(set(term.trigrams) & trigrams(title)) >= term.needed
