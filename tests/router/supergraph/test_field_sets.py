"""Field sets are read as federation writes them."""

from __future__ import annotations

import pytest
from graphql import print_ast

from router.errors import SupergraphError
from router.supergraph import parse_field_set


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("id", "{ id }"),
        ("id org{id}", "{ id org { id } }"),
        ("id\n  org {\n id name }\n", "{ id org { id name } }"),
        ('price(currency: "USD", digits: 2)', '{ price(currency: "USD", digits: 2) }'),
        ("media { ... on Book { pages } ... { id } }", "{ media { ... on Book { pages } ... { id } } }"),
    ],
)
def test_a_field_set_becomes_a_selection(text: str, printed: str) -> None:
    field_set = parse_field_set(text, where="T.f")
    assert " ".join(print_ast(field_set.selection).split()) == printed


def test_field_sets_are_equal_by_their_text_on_one_line() -> None:
    assert parse_field_set("a\n  b", where="T") == parse_field_set("a b", where="U")


@pytest.mark.parametrize("text", ["", "a {", "a } query B { b", "...F"])
def test_what_is_no_selection_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(SupergraphError, match=r"^T\.f: the field set"):
        parse_field_set(text, where="T.f")
