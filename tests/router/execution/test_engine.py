"""Whole requests on plans built by hand: what is sent, what comes back."""

from __future__ import annotations

import orjson
import pytest
from graphql import OperationType

from router.execution.request import GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import (
    Condition,
    IntrospectionStep,
    QueryPlan,
)
from tests.support.execution import bench, entities, fetch, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, USERS, ids, users_plan


class TestConditionsAndVariables:
    OFF = ((Condition("flag", expected=True),),)

    async def test_a_step_that_is_switched_off_is_not_sent_and_the_next_one_runs(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("me", "User", obj("User", show("name", conditions=self.OFF), show("age")))),
                fetch(0, "a", "{me{id}}"),
                fetch(1, "b", NAME, after=(0,), targets=[("me", USER)], conditions=self.OFF),
                fetch(2, "c", NAME, after=(1,), targets=[("me", USER)]),
            ),
            {"a": {"data": {"me": {"id": "1"}}}, "b": entities({"name": "x"}), "c": entities({"age": 2})},
        )
        query = "query($flag:Boolean!){me{name @include(if:$flag) age}}"

        assert await run.answer(query, {"flag": False}) == {"data": {"me": {"age": 2}}}
        assert [subgraph for subgraph, _ in run.sent()] == ["a", "c"]
        assert await run.answer(query, {"flag": True}) == {"data": {"me": {"name": "x", "age": 2}}}

    async def test_all_fields_skipped_give_empty_data_and_no_request(self) -> None:
        run = bench(
            SDL,
            plan(obj("Query", show("plain", conditions=self.OFF)), fetch(0, "a", "{plain}", conditions=self.OFF)),
        )

        assert await run.answer("query($flag:Boolean!){plain @include(if:$flag)}", {"flag": False}) == {"data": {}}
        assert run.sent() == []

    async def test_a_passed_on_plan_that_is_switched_off_sends_nothing(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("plain", conditions=self.OFF)),
                fetch(0, "a", "{plain}", conditions=self.OFF),
                passthrough=True,
            ),
        )

        assert await run.answer("query($flag:Boolean!){plain @include(if:$flag)}", {"flag": False}) == {"data": {}}
        assert run.sent() == []

    async def test_subgraphs_get_the_clients_values_and_the_operations_defaults(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("plain")),
                fetch(0, "a", "query($id:ID,$flag:Boolean){plain}", variables=("id", "flag")),
            ),
            {"a": {"data": {"plain": "x"}}},
        )
        query = "query($id:ID, $flag:Boolean=false){plain(id:$id, flag:$flag)}"

        await run.answer(query, {"id": 7, "unknown": 1})
        await run.answer(query, {"flag": None})

        assert run.sent() == [("a", {"id": 7, "flag": False}), ("a", {"flag": None})]

    async def test_variables_and_representations_travel_together(self) -> None:
        run = bench(
            SDL,
            plan(
                USERS,
                fetch(0, "a", "{users{id}}"),
                fetch(1, "b", NAME, after=(0,), targets=[("users.@", USER)], variables=("id",)),
            ),
            {"a": ids("1"), "b": entities({"name": "x"})},
        )

        await run.answer("query($id:ID){users{name} plain(id:$id)}", {"id": "v"})
        await run.answer("query($id:ID){users{name} plain(id:$id)}")

        representations = [{"__typename": "User", "id": "1"}]
        assert run.sent()[1] == ("b", {"id": "v", "representations": representations})
        assert run.sent()[3] == ("b", {"representations": representations})


class TestPassingOn:
    PLAN = plan(obj("Query", show("plain")), fetch(0, "a", "{plain}"), passthrough=True)

    @pytest.mark.parametrize(
        "body", [b'{"data":{"plain":"x"}}', b'{"data": {"plain": "x"}}\n', b'{ "data" : {"plain":"\xc3\xa9 errors"} }']
    )
    async def test_a_plain_answer_is_passed_on_byte_for_byte(self, body: bytes) -> None:
        run = bench(SDL, self.PLAN, {"a": body})

        assert await run.result("{plain}") == GraphQLResult(body, has_data=True)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"data":{"plain":"x"},"extensions":{"trace":{}}}',
            b'{"extensions":{},"data":{"plain":"x"}}',
            b'{"data":{"plain":"x"},"errors":null}',
        ],
    )
    async def test_what_stands_beside_data_is_not_passed_on(self, body: bytes) -> None:
        run = bench(SDL, self.PLAN, {"a": body})

        assert (await run.result("{plain}")).body == b'{"data":{"plain":"x"}}'

    @pytest.mark.parametrize(
        "body",
        [
            b'{"data":{"plain":"x"}',
            b'{"data":{"plain":"x"}}}',
            b'{"data":{"plain":NaN}}',
            b'{"data":{"plain":01}}',
            b'{"data":{"plain":"\\x"}}',
            b'{"data":{"plain":"\xff"}}',
            b'{"data":{"plain":"\x01"}}',
            b'{"data":{"plain":"x",}}',
            b'{"data":["x"]}',
        ],
    )
    async def test_what_is_no_json_to_its_end_is_not_passed_on(self, body: bytes) -> None:
        run = bench(SDL, self.PLAN, {"a": body})

        result = await run.result("{plain}")

        assert result.error_codes == ("SUBGRAPH_BAD_RESPONSE",)
        assert orjson.loads(result.body)["data"] == {"plain": None}

    async def test_an_answer_with_errors_is_looked_at(self) -> None:
        run = bench(SDL, self.PLAN, {"a": b'{"data":{"plain":null},"errors":[{"message":"m","path":["plain"]}]}'})

        assert await run.result("{plain}") == GraphQLResult(
            b'{"data":{"plain":null},"errors":[{"message":"m","path":["plain"],'
            b'"extensions":{"code":"SUBGRAPH_ERROR","service":"a"}}]}',
            has_data=True,
            error_codes=("SUBGRAPH_ERROR",),
        )

    @pytest.mark.parametrize("end", [b"\n", b',"own":{"x":{}}}'])
    async def test_errors_are_found_wherever_they_stand(self, end: bytes) -> None:
        errors = b'{"data":{"plain":null},"errors":[{"message":"m","path":["plain"]}]'
        run = bench(SDL, self.PLAN, {"a": errors + (end if end.startswith(b",") else b"}" + end)})

        assert (await run.result("{plain}")).error_codes == ("SUBGRAPH_ERROR",)

    async def test_a_half_answer_is_not_passed_on(self) -> None:
        run = bench(SDL, self.PLAN, {"a": b'{"data":{"plain":{"a":{}}'})

        assert (await run.result("{plain}")).error_codes == ("SUBGRAPH_BAD_RESPONSE",)


class TestMutations:
    async def test_mutations_run_in_order_even_when_one_fails(self) -> None:
        projection = obj("Mutation", show("a"), show("b"), show("c"))
        steps = [
            fetch(
                number,
                name,
                f"mutation{{{name}}}",
                operation=OperationType.MUTATION,
                after=(number - 1,) if number else (),
            )
            for number, name in enumerate("abc")
        ]
        run = bench(
            SDL,
            plan(projection, *steps, operation=OperationType.MUTATION),
            {"a": {"data": {"a": 1}}, "c": {"data": {"c": 3}}},
        )

        answer = await run.answer("mutation{a b c}")

        assert answer["data"] == {"a": 1, "b": None, "c": 3}
        assert [subgraph for subgraph, _ in run.sent()] == ["a", "b", "c"]


class TestRoots:
    async def test_one_field_from_two_subgraphs_is_merged(self) -> None:
        projection = obj("Query", show("me", "User", obj("User", show("name"), show("age"))))
        run = bench(
            SDL,
            plan(projection, fetch(0, "a", "{me{name}}"), fetch(1, "b", "{me{age}}")),
            {"a": {"data": {"me": {"name": "x"}}}, "b": {"data": {"me": {"age": 2}}}},
        )

        assert await run.answer("{me{name age}}") == {"data": {"me": {"name": "x", "age": 2}}}

    async def test_answers_that_contradict_each_other_keep_the_first_and_say_so(self) -> None:
        projection = obj("Query", show("users", "[User]", obj("User", show("name"), show("age"))))
        run = bench(
            SDL,
            plan(projection, fetch(0, "a", "{users{name}}"), fetch(1, "b", "{users{age}}", after=(0,))),
            {"a": {"data": {"users": [{"name": "x"}]}}, "b": {"data": {"users": [{"age": 2}, {"age": 3}]}}},
        )

        answer = await run.answer("{users{name age}}")

        assert answer["data"] == {"users": [{"name": "x", "age": None}]}
        assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [
            (["users"], {"code": "SUBGRAPH_BAD_RESPONSE", "service": "b"})
        ]

    async def test_a_root_type_below_a_field_is_merged_there(self) -> None:
        projection = obj("Query", show("users", "[User]", obj("User", show("name"), show("age"))))
        run = bench(
            SDL,
            plan(projection, fetch(0, "a", "{users{name}}"), fetch(1, "b", "{age}", after=(0,), path="users.@")),
            {"a": {"data": {"users": [{"name": "x"}, None, {"name": "y"}]}}, "b": {"data": {"age": 2}}},
        )

        assert await run.answer("{users{name age}}") == {
            "data": {"users": [{"name": "x", "age": 2}, None, {"name": "y", "age": 2}]}
        }
        assert len(run.sent()) == 2

    async def test_a_root_type_below_a_field_that_is_null_is_not_fetched(self) -> None:
        projection = obj("Query", show("me", "User", obj("User", show("age"))))
        run = bench(
            SDL,
            plan(projection, fetch(0, "a", "{me{name}}"), fetch(1, "b", "{age}", after=(0,), path="me")),
            {"a": {"data": {"me": None}}},
        )

        assert await run.answer("{me{age}}") == {"data": {"me": None}}
        assert [subgraph for subgraph, _ in run.sent()] == ["a"]


class TestIntrospection:
    async def test_the_router_answers_from_the_api_schema(self) -> None:
        introspection = IntrospectionStep('{t:__type(name:"Pet"){name fields{name}}}', ())
        fixed = QueryPlan(OperationType.QUERY, (), obj("Query", show("t")), introspection)
        run = bench(SDL, fixed)
        expected = {"data": {"t": {"name": "Pet", "fields": [{"name": "id"}, {"name": "name"}]}}}

        assert await run.answer('{t:__type(name:"Pet"){name fields{name}}}') == expected
        assert await run.answer('{t:__type(name:"Pet"){name fields{name}}}') == expected
        assert run.sent() == []

    async def test_variables_reach_it_and_fields_of_subgraphs_stand_beside_it(self) -> None:
        introspection = IntrospectionStep("query($n:String!){t:__type(name:$n){name}}", ("n",))
        fixed = QueryPlan(
            OperationType.QUERY, (fetch(0, "a", "{plain}"),), obj("Query", show("t"), show("plain")), introspection
        )
        run = bench(SDL, fixed, {"a": {"data": {"plain": "x"}}})
        query = "query($n:String!){t:__type(name:$n){name} plain}"

        assert await run.answer(query, {"n": "Pet"}) == {"data": {"t": {"name": "Pet"}, "plain": "x"}}
        assert await run.answer(query, {"n": "None"}) == {"data": {"t": None, "plain": "x"}}

    async def test_the_roots_typename_needs_no_subgraph(self) -> None:
        run = bench(SDL, plan(obj("Query", show("__typename", "_!", constant="Query"))))

        assert await run.answer("{__typename}") == {"data": {"__typename": "Query"}}


async def test_headers_go_to_every_subgraph() -> None:
    run = bench(SDL, users_plan(), {"a": ids("1"), "b": entities({"name": "x"})})
    headers = (("authorization", "Bearer x"), ("x-request-id", "7"))

    await run.engine.execute(GraphQLRequest("{users{name}}"), RequestContext(headers=headers))

    assert [request.headers for request in run.transport.requests] == [headers, headers]


async def test_a_scalar_of_four_hundred_levels_reaches_the_client() -> None:
    run = bench(
        SDL,
        plan(obj("Query", show("plain")), fetch(0, "a", "{plain}")),
        {"a": b'{"data":{"plain":' + b"[" * 400 + b'{"a":"\xc3\xa4","b":[]}' + b"]" * 400 + b"}}"},
    )

    body = (await run.result("{plain}")).body

    assert body == b'{"data":{"plain":' + b"[" * 400 + b'{"a":"\xc3\xa4","b":[]}' + b"]" * 400 + b"}}"
