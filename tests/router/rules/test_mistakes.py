"""Where routers got it wrong, as far as no rule's own file has it: keys of `__typename` alone, re-entry, lost "
"values."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_SINGLE = federation(
    a=Service(
        """
        type Query { settings: Settings all: [Settings] }
        type Settings @key(fields: "__typename") { theme: String }
        """,
        query={"settings": {"theme": "dark"}, "all": [{"theme": "dark"}, None]},
        entities={"Settings": lambda given: {"theme": "dark"}},
    ),
    b=Service(
        (
            'type Settings @key(fields: "__typename") { lang: String long: String @requires(fields: "theme") theme: '
            "String @external }"
        ),
        entities={"Settings": lambda given: {"lang": "en", "long": lambda s: f"{s['theme']}!"}},
    ),
)


@pytest.mark.bug(4)
@pytest.mark.rule(4)
@cases(
    {
        "a jump": ("{ settings { lang theme } }", {"settings": {"lang": "en", "theme": "dark"}}, "a > b"),
        "with nulls": ("{ all { lang } }", {"all": [{"lang": "en"}, None]}, "a > b"),
        "with an input": ("{ settings { long } }", {"settings": {"long": "dark!"}}, "a > b"),
    }
)
async def test_a_key_of_the_type_name_alone(case: Case) -> None:
    answer = await _SINGLE.run(case[0])
    assert (answer.data, answer.errors, answer.sent) == (case[1], [], case[2])
    first = answer.representations(1)[0]
    assert first["__typename"] == "Settings"


_ABSTRACT = federation(
    a=Service(
        """
        type Query { nodes: [Node] }
        interface Node { id: ID! }
        type One implements Node @key(fields: "id") { id: ID! seed: Int }
        type Two implements Node @key(fields: "id") { id: ID! seed: Int }
        """,
        query={
            "nodes": [
                {"__typename": "One", "id": "1", "seed": 1},
                {"__typename": "Two", "id": "2", "seed": None},
                None,
                {"__typename": "Two", "id": "3", "seed": 3},
            ]
        },
        entities={
            "One": [{"id": "1", "seed": 1}],
            "Two": [{"id": "2", "seed": None}, {"id": "3", "seed": 3}],
        },
    ),
    b=Service(
        """
        interface Node { id: ID! made: Int }
        type One implements Node @key(fields: "id") { id: ID! seed: Int @external made: Int @requires(fields: "seed") }
        type Two implements Node @key(fields: "id") { id: ID! seed: Int @external made: Int @requires(fields: "seed") }
        """,
        entities={
            "One": lambda given: {"made": lambda one: one["seed"] + 1},
            "Two": lambda given: {"made": lambda two: -1 if two["seed"] is None else two["seed"] + 2},
        },
    ),
)


@pytest.mark.bug(7, 33)
@pytest.mark.rule(7, 13, 17)
@cases(
    {
        "on the interface": ("{ nodes { made } }", {"nodes": [{"made": 2}, {"made": -1}, None, {"made": 5}]}, "a > b"),
        "in a fragment": (
            "{ nodes { id ... on Two { made } } }",
            {"nodes": [{"id": "1"}, {"id": "2", "made": -1}, None, {"id": "3", "made": 5}]},
            "a > b",
        ),
        "with the input's name taken": (
            "{ nodes { ... on One { seed: id made } ... on Two { seed: made } } }",
            None,
            "",
        ),
        "in two fragments under one name": (
            "{ nodes { ... on One { x: made } ... on Two { x: made seed } } }",
            {"nodes": [{"x": 2}, {"x": -1, "seed": None}, None, {"x": 5, "seed": 3}]},
            "a > b",
        ),
    }
)
async def test_a_representation_through_an_interface_has_its_required_fields(case: Case) -> None:
    if case[1] is None:
        await _ABSTRACT.refuses(case[0], "GRAPHQL_VALIDATION_FAILED")
    else:
        await _ABSTRACT.answers(case)


_EXACT = federation(
    a=Service(
        (
            'type Query { t: T } type T @key(fields: "id") @key(fields: "code") { id: ID! code: ID! size: Int name: '
            "String }"
        ),
        query={"t": {"id": "1", "code": "c", "size": 5, "name": "n"}},
    ),
    b=Service(
        """
        type T @key(fields: "id") @key(fields: "code") {
          id: ID! code: ID! size: Int @external made: Int @requires(fields: "size") x: Int
        }
        """,
        entities={"T": [{"id": "1", "code": "c", "x": 1, "made": lambda t: t["size"] * 2}]},
    ),
)


@pytest.mark.bug(23)
@pytest.mark.rule(4)
@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("{ t { x } }", {"__typename": "T", "id": "1"}),
        ("{ t { x name size code } }", {"__typename": "T", "id": "1"}),
        ("{ t { made name } }", {"__typename": "T", "id": "1", "size": 5}),
        ("{ t { id: name code: size made x } }", {"__typename": "T", "id": "1", "size": 5}),
    ],
)
async def test_a_representation_is_just_the_name_one_key_and_the_inputs(query: str, given: object) -> None:
    answer = await _EXACT.run(query)
    assert answer.complaints == []
    assert answer.errors == []
    assert answer.representations(1) == [given]


_LISTS = federation(
    a=Service(
        """
        type Query { rows: [[Row]] boxes: [Box] }
        type Row @key(fields: "id") { id: ID! cells: [[Cell!]] }
        type Cell @key(fields: "id") { id: ID! }
        type Box { rows: [[Row]!] }
        """,
        query={
            "rows": [
                [{"id": "1", "cells": [[{"id": "x"}], None, []]}, None],
                None,
                [],
                [{"id": "2", "cells": None}],
            ],
            "boxes": [{"rows": [[None, {"id": "1", "cells": []}]]}, {"rows": None}, None],
        },
    ),
    b=Service(
        'type Row @key(fields: "id") { id: ID! n: Int } type Cell @key(fields: "id") { id: ID! v: Int }',
        entities={"Row": [{"id": "1", "n": 1}, {"id": "2", "n": 2}], "Cell": [{"id": "x", "v": 9}]},
    ),
)


@pytest.mark.bug(34)
@pytest.mark.rule(5, 6)
@cases(
    {
        "nulls at both levels": (
            "{ rows { n cells { v } } }",
            {"rows": [[{"n": 1, "cells": [[{"v": 9}], None, []]}, None], None, [], [{"n": 2, "cells": None}]]},
            "a > b",
        ),
        "below a list": (
            "{ boxes { rows { n } } rows { n } }",
            {
                "boxes": [{"rows": [[None, {"n": 1}]]}, {"rows": None}, None],
                "rows": [[{"n": 1}, None], None, [], [{"n": 2}]],
            },
            "a > b",
        ),
    }
)
async def test_nested_lists_of_entities_keep_their_shape(case: Case) -> None:
    await _LISTS.answers(case)
