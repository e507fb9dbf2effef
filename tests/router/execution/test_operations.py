"""Operations are compiled once; what cannot be compiled is refused with a code."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import OperationType

from router.errors import PlanningError, RequestError
from router.execution.operations import OperationCache
from router.execution.request import EngineSettings, GraphQLRequest
from tests.support.execution import Bench, FixedPlanner, bench, fetch, obj, plan, show

SDL = "type Query { plain(x: Int): String deep: Query } type Subscription { tick: Int }"
ANSWER = {"data": {"plain": "x"}}


def plain(settings: EngineSettings | None = None) -> Bench:
    return bench(SDL, plan(obj("Query", show("plain")), fetch(0, "a", "{plain}")), {"a": ANSWER}, settings=settings)


async def test_an_operation_is_planned_once() -> None:
    run = plain()

    for _ in range(3):
        assert await run.answer("{plain}") == ANSWER
    assert run.planner.calls == 1


async def test_the_plan_that_runs_can_be_had() -> None:
    run = plain()

    assert run.engine.plan_of(GraphQLRequest("{plain}")) is run.planner.fixed


async def test_operations_of_one_document_are_told_apart_by_name() -> None:
    run = plain()
    query = "query A{plain} query B{plain}"

    for name in ("A", "B", "A"):
        await run.engine.execute(GraphQLRequest(query, operation_name=name), run.context)
    assert run.planner.calls == 2


async def test_a_refusal_is_found_again_without_validating() -> None:
    run = plain()
    first = await run.result("{unknown}")
    run.engine._operations._rules.clear()

    assert await run.result("{unknown}") == first
    assert run.engine.most_used(9) == []


async def test_a_document_that_takes_too_long_to_validate_is_refused() -> None:
    spreads = " ".join(f"d{number}:deep{{...F}}" for number in range(400))
    fields = " ".join(f"f{number}:plain" for number in range(600))
    query = f"{{{spreads}}} fragment F on Query{{{fields}}}"

    assert await plain().answer(query) == {
        "errors": [{"message": "The document is too complex.", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]
    }


async def test_asking_for_the_kind_compiles_for_the_execution_too() -> None:
    run = plain()

    assert run.engine.kind_of(GraphQLRequest("{plain}")) is OperationType.QUERY
    await run.answer("{plain}")
    assert run.planner.calls == 1


async def test_the_least_recently_used_operation_is_forgotten() -> None:
    run = plain(EngineSettings(cached_operations=2))

    for query in ("{a:plain}", "{b:plain}", "{a:plain}", "{c:plain}"):
        await run.answer(query)
    assert run.engine.most_used(9) == [("{a:plain}", None), ("{c:plain}", None)]
    await run.answer("{a:plain}")
    assert run.planner.calls == 3
    await run.answer("{b:plain}")
    assert run.planner.calls == 4


async def test_long_documents_are_forgotten_by_their_length() -> None:
    run = plain(EngineSettings(cached_characters=100))

    for name in ("a", "b", "c"):
        await run.answer(f"{{{name * 30}:plain}}")
    assert [query[1] for query, _ in run.engine.most_used(9)] == ["b", "c"]


async def test_a_new_engine_is_warmed_with_the_operations_of_the_old_one() -> None:
    old, new = plain(), plain()
    await old.answer("{plain}")

    assert [new.engine.warm(*operation) for operation in old.engine.most_used(5)] == [True]
    assert not new.engine.warm("{gone}", None)
    await new.answer("{plain}")
    assert new.planner.calls == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{plain} }", "GRAPHQL_PARSE_FAILED"),
        ("{" * 20_000, "GRAPHQL_PARSE_FAILED"),
        ("{unknown}", "GRAPHQL_VALIDATION_FAILED"),
        ("{...F} fragment F on Query{...F}", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation{a}", "GRAPHQL_VALIDATION_FAILED"),
        ("{plain(x:$v)}", "GRAPHQL_VALIDATION_FAILED"),
        ("query A{plain} query B{plain}", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query{plain}", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_REQUEST"),
        (None, "BAD_REQUEST"),
    ],
)
async def test_a_wrong_document_is_refused_and_nothing_is_sent(query: str, code: str) -> None:
    run = plain()
    result = await run.result(query)

    assert result.is_request_error
    assert not result.has_data
    assert set(result.error_codes) == {code}
    assert "data" not in orjson.loads(result.body)
    assert run.sent() == []


async def test_an_unknown_operation_name_is_refused() -> None:
    result = await plain().engine.execute(GraphQLRequest("query A{plain}", operation_name="B"), plain().context)

    assert orjson.loads(result.body) == {
        "errors": [
            {
                "message": "The document has no operation named 'B'.",
                "extensions": {"code": "OPERATION_RESOLUTION_FAILURE"},
            }
        ]
    }


async def test_a_persisted_query_is_refused_with_the_code_that_clients_know() -> None:
    result = await plain().engine.execute(GraphQLRequest(None, extensions={"persistedQuery": {}}), plain().context)

    assert result.error_codes == ("PERSISTED_QUERY_NOT_SUPPORTED",)


async def test_every_validation_error_is_told_with_its_place() -> None:
    assert await plain().answer("{\n  x\n  y\n}") == {
        "errors": [
            {
                "message": f"Cannot query field '{name}' on type 'Query'.",
                "locations": [{"line": line, "column": 3}],
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
            for name, line in (("x", 2), ("y", 3))
        ]
    }


async def test_a_document_with_too_many_tokens_is_refused() -> None:
    result = await plain(EngineSettings(max_tokens=10)).result("{a:plain b:plain c:plain d:plain}")

    assert result.error_codes == ("GRAPHQL_PARSE_FAILED",)


async def test_wrong_variables_are_refused_and_nothing_is_sent() -> None:
    run = plain()
    result = await run.result("query($x:Int){plain(x:$x)}", {"x": "text"})

    assert result.error_codes == ("BAD_USER_INPUT",)
    assert result.is_request_error
    assert run.sent() == []


async def test_introspection_can_be_switched_off() -> None:
    result = await plain(EngineSettings(introspection=False)).result("{__schema{queryType{name}}}")

    assert set(result.error_codes) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_a_subscription_is_not_executed_as_a_query() -> None:
    run = bench(
        SDL, plan(obj("Subscription", show("tick")), fetch(0, "a", "{t}"), operation=OperationType.SUBSCRIPTION)
    )

    assert (await run.result("subscription{tick}")).error_codes == ("SUBSCRIPTION_NOT_STREAMED",)


async def test_an_operation_that_has_no_plan_is_a_request_error() -> None:
    class Unsatisfiable(FixedPlanner):
        def plan(self, *_: Any, **__: Any) -> Any:
            raise PlanningError("Query.plain cannot be reached.")

    run = plain()
    cache = OperationCache(run.engine._schema, Unsatisfiable(run.planner.fixed), EngineSettings())

    with pytest.raises(RequestError) as caught:
        cache.get("{plain}", None)
    assert caught.value.code == "UNSATISFIABLE_OPERATION"
