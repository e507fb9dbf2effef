"""Documents made to cost: each is refused or answered, within bounds that can be counted."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import get_introspection_query

from router.execution.engine import Engine
from router.execution.request import EngineSettings, GraphQLRequest, RequestContext
from router.planning.planner import Planner
from router.supergraph import load_supergraph
from tests.support.execution import bench, fetch, obj, plan, show
from tests.support.graph import STORE, SUPERGRAPH, mock_subgraphs

FEDERATION = load_supergraph(SUPERGRAPH)
PLANNER = Planner(FEDERATION)
SETTINGS = EngineSettings(max_tokens=10_000)
PLAIN = plan(obj("Query", show("f")), fetch(0, "a", "{f}"))


def numbered(text: str, count: int) -> str:
    return " ".join(text.replace("#", str(number)) for number in range(count))


CYCLE = "{me{...F0}}" + numbered("fragment F# on User{...F#0 ...F1}", 100)
HOSTILE = {
    "aliases": "{" + numbered("a#:me{id}", 10_000) + "}",
    "a_cycle_of_one": "{me{...F}} fragment F on User{...F}",
    "a_cycle_of_two": "{me{...F}} fragment F on User{...G} fragment G on User{...F}",
    "a_cycle_through_fields": "{me{...F}} fragment F on User{reviews{author{...F}}}",
    "fragments_of_fragments": CYCLE,
    "a_chain_of_fragments": "{me{...F0}}"
    + "".join(f"fragment F{number} on User{{...F{number + 1}}}" for number in range(1_200))
    + "fragment F1200 on User{id}",
    "fragments_that_double": "{me{...F0}}"
    + "".join(
        f"fragment F{number} on User{{a:reviews{{author{{...F{number + 1}}}}} b:reviews{{author{{...F{number + 1}}}}}}}"
        for number in range(40)
    )
    + "fragment F40 on User{id}",
    "unused_fragments": "{me{id}}" + numbered("fragment F# on User{id}", 500),
    "unused_variables": "query(" + numbered("$v#:ID", 800) + "){me{id}}",
    "undefined_variables": "{" + numbered("a#:user(id:$v#){id}", 300) + "}",
    "unknown_directives": "{me " + numbered("@x#", 1_000) + "{id}}",
    "unknown_fields": "{" + numbered("x#", 2_000) + "}",
    "repeated_directives": "{me " + "@include(if:true) " * 500 + "{id}}",
    "a_thousand_levels": "{me{" + "reviews{author{" * 500 + "id" + "}}" * 500 + "}}",
    "lists_of_lists": "{user(id:" + "[" * 4_000 + "]" * 4_000 + "){id}}",
    "a_type_of_lists": "query($v:" + "[" * 4_000 + "ID" + "]" * 4_000 + "){me{id}}",
    "a_megabyte_of_tokens": "{" + "me{id} " * 150_000 + "}",
    "an_unclosed_string": '{user(id:"' + "x" * 900_000,
    "nothing_but_comments": "#\n" * 450_000,
    "a_nul": "{me{id\0}}",
}
CODES = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_TOO_DEEP", "OPERATION_TOO_LARGE"}


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_it_is_refused_before_anything_is_sent(name: str) -> None:
    transport = mock_subgraphs(STORE())
    engine = Engine(FEDERATION, planner=PLANNER, transport=transport, settings=SETTINGS)

    result = await engine.execute(GraphQLRequest(HOSTILE[name]), RequestContext())

    assert result.is_request_error
    assert set(result.error_codes) <= CODES
    assert len(result.error_codes) <= 101
    assert transport.requests == []


@pytest.mark.parametrize(
    "query",
    [
        "{" + numbered("a#:me{id}", 500) + "}",
        "{me{" + "...on User{" * 60 + "id" + "}" * 60 + "}}",
        "{" + "__typename " * 2_000 + "}",
        "{me{" + "...F " * 1_000 + "}} fragment F on User{id}",
        "#" + "x" * 900_000 + "\n{me{id}}",
    ],
    ids=["aliases", "inline_fragments", "typenames", "spreads", "comment"],
)
async def test_what_is_only_long_is_answered(query: str) -> None:
    transport = mock_subgraphs(STORE())
    engine = Engine(FEDERATION, planner=PLANNER, transport=transport, settings=SETTINGS)

    result = await engine.execute(GraphQLRequest(query), RequestContext())

    assert result.error_codes == ()
    assert len(transport.requests) <= 1


class TestSuggestions:
    async def messages(self, sdl: str, query: str, settings: EngineSettings = SETTINGS) -> list[str]:
        answer: Any = await bench(sdl, PLAIN, settings=settings).answer(query)
        return [error["message"] for error in answer["errors"]]

    async def test_a_misspelt_name_is_told_what_it_is_like(self) -> None:
        assert await self.messages("type Query{title:Int}", "{titel}") == [
            "Cannot query field 'titel' on type 'Query'. Did you mean 'title'?"
        ]

    async def test_hundreds_of_names_are_not_compared_with_thousands(self) -> None:
        wide = "type Query{" + numbered("someField#:Int", 1_000) + "}"

        messages = await self.messages(wide, "{" + numbered("someFeild#", 200) + "}")

        assert messages[0] == "Cannot query field 'someFeild0' on type 'Query'."
        assert not any("Did you mean" in message for message in messages)

    async def test_names_are_not_given_away_where_introspection_is_off(self) -> None:
        settings = EngineSettings(introspection=False)

        assert await self.messages("type Query{title:Int}", "{titel}", settings) == [
            "Cannot query field 'titel' on type 'Query'."
        ]


class TestIntrospection:
    async def answer(self, query: str) -> Any:
        engine = Engine(FEDERATION, planner=PLANNER, transport=mock_subgraphs(STORE()), settings=SETTINGS)
        return orjson.loads((await engine.execute(GraphQLRequest(query), RequestContext())).body)

    async def test_what_tools_ask_for_is_answered(self) -> None:
        answer = await self.answer(get_introspection_query())

        assert "errors" not in answer
        assert len(answer["data"]["__schema"]["types"]) > 10

    async def test_the_schema_hundreds_of_times_is_not(self) -> None:
        answer = await self.answer("{me{id} " + numbered("a#:__schema{types{fields{name}}}", 700) + "}")

        assert answer["data"]["me"] == {"id": "1"}
        assert answer["data"]["a0"] is None
        assert answer["errors"] == [
            {
                "message": "The operation asks for too much of the schema.",
                "extensions": {"code": "INTROSPECTION_FAILED"},
            }
        ]
