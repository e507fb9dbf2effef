"""What callers may not have: rule 40."""

from __future__ import annotations

from typing import Any

import pytest

from router.execution.request import RequestContext
from router.supergraph import Caller
from tests.router.rules.federation import federation
from tests.router.rules.service import Service

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@requires", "@external", '
    '"@authenticated", "@requiresScopes", "@policy"])\n'
)
_GRAPH = federation(
    a=Service(
        """
        type Query { t: T must: T! @authenticated }
        type T @key(fields: "id") {
          id: ID! name: String mail: String @authenticated kin: T @requiresScopes(scopes: [["kin"], ["all"]])
          size: Int @external big: Int @requires(fields: "size") @policy(policies: [["staff"]]) hard: Int!
            @authenticated
        }
        """,
        query={
            "t": {"id": "1", "name": "n", "mail": "m", "kin": {"id": "2", "name": "k"}, "hard": 1},
            "must": {"id": "1", "name": "n"},
        },
        entities={"T": lambda given: {"big": lambda t: t["size"] * 2}},
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! size: Int far: Int @authenticated }',
        entities={"T": [{"id": "1", "size": 4, "far": 9}]},
    ),
)
_GRAPH.link = _LINK
_NOBODY = Caller()
_ANN = Caller(authenticated=True)
_KIN = Caller(authenticated=True, scopes=frozenset({"kin"}))
_STAFF = Caller(authenticated=True, policies=frozenset({"staff"}))


@pytest.mark.rule(40)
@pytest.mark.parametrize(
    ("query", "caller", "data", "denied", "sent"),
    [
        ("{ t { name mail } }", _NOBODY, {"t": {"name": "n", "mail": None}}, [["t", "mail"]], "a"),
        ("{ t { name mail } }", _ANN, {"t": {"name": "n", "mail": "m"}}, [], "a"),
        ("{ t { x: mail } }", _NOBODY, {"t": {"x": None}}, [["t", "x"]], "a"),
        ("{ t { name far } }", _NOBODY, {"t": {"name": "n", "far": None}}, [["t", "far"]], "a"),
        ("{ t { name far } }", _ANN, {"t": {"name": "n", "far": 9}}, [], "a > b"),
        ("{ t { name big } }", _ANN, {"t": {"name": "n", "big": None}}, [["t", "big"]], "a"),
        ("{ t { name big } }", _STAFF, {"t": {"name": "n", "big": 8}}, [], "a > b > a"),
        ("{ t { kin { name } name } }", _ANN, {"t": {"kin": None, "name": "n"}}, [["t", "kin"]], "a"),
        ("{ t { kin { name } name } }", _KIN, {"t": {"kin": {"name": "k"}, "name": "n"}}, [], "a"),
        ("{ t { name hard } }", _NOBODY, {"t": None}, [["t", "hard"]], "a"),
        ("{ t { name } must { name } }", _NOBODY, None, [["must"]], "a"),
        ("query($v: Boolean = true) { t { name mail @skip(if: $v) } }", _NOBODY, {"t": {"name": "n"}}, [], "a"),
    ],
)
async def test_what_may_not_be_had_is_null_and_named_and_not_fetched(
    query: str, caller: Caller, data: Any, denied: list[list[str]], sent: str
) -> None:
    answer = await _GRAPH.run(query, context=RequestContext(caller=caller))
    assert answer.complaints == []
    assert answer.data == data
    assert answer.problems == [("UNAUTHORIZED_FIELD_OR_TYPE", path, None) for path in denied]
    assert " > ".join(name for name, _, _ in answer.requests) == sent
    assert not any("mail" in document for _, document, _ in answer.requests if caller is _NOBODY and denied)
