"""Whole requests on plans built by hand: what is sent, what comes back."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from graphql import OperationType

from router.execution.request import EngineSettings, GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import (
    Condition,
    EntityBatch,
    EntityTarget,
    IntrospectionStep,
    ObjectProjection,
    QueryPlan,
)
from router.transport.base import SubgraphRequest, SubgraphResponse
from tests.support.execution import Bench, at, bench, entities, entity, fetch, key_field, obj, plan, show

SDL = """
type Query { users: [User], me: User, you: User, plain(id: ID, flag: Boolean = true): String, grid: [[User]] }
type Mutation { a: Int b: Int c: Int }
type User { id: ID! name: String age: Int friend: User score: Int pet: Pet }
type Pet { id: ID! name: String! }
"""
USER = entity("User", key_field("id"))
NAME = "query($representations:[_Any!]!){_entities(representations:$representations){...on User{name}}}"
USERS = obj("Query", show("users", "[User]", obj("User", show("name"))))


def users_plan(*more: Any, projection: ObjectProjection = USERS) -> QueryPlan:
    return plan(
        projection,
        fetch(0, "a", "{users{__typename id}}"),
        fetch(1, "b", NAME, after=(0,), targets=[("users.@", USER)]),
        *more,
    )


def ids(*values: str | None) -> dict[str, Any]:
    return {"data": {"users": [None if value is None else {"__typename": "User", "id": value} for value in values]}}


class TestEntityFetches:
    async def test_entities_are_merged_into_their_places(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1", "2"), "b": entities({"name": "x"}, {"name": "y"})})

        assert await run.answer("{users{name}}") == {"data": {"users": [{"name": "x"}, {"name": "y"}]}}
        assert run.sent() == [
            ("a", None),
            (
                "b",
                {"representations": [{"__typename": "User", "id": "1"}, {"__typename": "User", "id": "2"}]},
            ),
        ]

    async def test_nulls_in_lists_keep_their_positions(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids(None, "1", None, "2"), "b": entities({"name": "x"}, {"name": "y"})})

        assert await run.answer("{users{name}}") == {"data": {"users": [None, {"name": "x"}, None, {"name": "y"}]}}

    async def test_nulls_in_nested_lists_keep_the_shape(self) -> None:
        grid = [[{"id": "1"}, None], None, [], [None, {"id": "2"}, {"id": "1"}]]
        run = bench(
            SDL,
            plan(
                obj("Query", show("grid", "[[User]]", obj("User", show("name")))),
                fetch(0, "a", "{grid{id}}"),
                fetch(1, "b", NAME, after=(0,), targets=[("grid.@@", USER)]),
            ),
            {"a": {"data": {"grid": grid}}, "b": entities({"name": "x"}, {"name": "y"})},
        )

        assert await run.answer("{grid{name}}") == {
            "data": {"grid": [[{"name": "x"}, None], None, [], [None, {"name": "y"}, {"name": "x"}]]}
        }
        assert [each["id"] for each in run.representations(1)] == ["1", "2"]

    async def test_one_entity_in_many_places_is_asked_once_and_written_to_all(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1", "2", "1", "1"), "b": entities({"name": "x"}, {"name": "y"})})

        assert await run.answer("{users{name}}") == {
            "data": {"users": [{"name": "x"}, {"name": "y"}, {"name": "x"}, {"name": "x"}]}
        }
        assert len(run.representations(1)) == 2

    async def test_without_representations_nothing_is_sent(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids(None, None)})

        assert await run.answer("{users{name}}") == {"data": {"users": [None, None]}}
        assert [subgraph for subgraph, _ in run.sent()] == ["a"]

    async def test_an_incomplete_key_gives_null_fields_and_no_error(self) -> None:
        run = bench(
            SDL,
            users_plan(),
            {"a": {"data": {"users": [{"id": None}, {"id": "2"}]}}, "b": entities({"name": "y"})},
        )

        assert await run.answer("{users{name}}") == {"data": {"users": [{"name": None}, {"name": "y"}]}}

    async def test_a_null_entity_is_null_fields_and_is_left_out_of_what_follows(self) -> None:
        score = fetch(
            2,
            "c",
            "query($representations:[_Any!]!){_entities(representations:$representations){...on User{score}}}",
            after=(1,),
            targets=[("users.@", entity("User", key_field("id"), key_field("name", required=False)))],
        )
        run = bench(
            SDL,
            users_plan(
                score, projection=obj("Query", show("users", "[User]", obj("User", show("name"), show("score"))))
            ),
            {
                "a": ids("1", "2", "3"),
                "b": entities({"name": "x"}, None, {"name": None}),
                "c": entities({"score": 1}, {"score": 3}),
            },
        )

        assert await run.answer("{users{name score}}") == {
            "data": {"users": [{"name": "x", "score": 1}, {"name": None, "score": None}, {"name": None, "score": 3}]}
        }
        assert run.representations(2) == [
            {"__typename": "User", "id": "1", "name": "x"},
            {"__typename": "User", "id": "3", "name": None},
        ]

    async def test_several_batches_travel_in_one_request(self) -> None:
        step = fetch(
            1,
            "b",
            "query($r1:[_Any!]!,$r2:[_Any!]!){e1:_entities(representations:$r1){...on User{name}} "
            "e2:_entities(representations:$r2){...on User{age}}}",
            after=(0,),
            batches=(
                EntityBatch("e1", "r1", (EntityTarget(at("me"), USER),)),
                EntityBatch("e2", "r2", (EntityTarget(at("you"), USER), EntityTarget(at("me.friend"), USER))),
            ),
        )
        projection = obj(
            "Query",
            show("me", "User", obj("User", show("name"), show("friend", "User", obj("User", show("age"))))),
            show("you", "User", obj("User", show("age"))),
        )
        run = bench(
            SDL,
            plan(projection, fetch(0, "a", "{me{id friend{id}} you{id}}"), step),
            {
                "a": {"data": {"me": {"id": "1", "friend": {"id": "2"}}, "you": {"id": "3"}}},
                "b": {"data": {"e1": [{"name": "x"}], "e2": [{"age": 3}, {"age": 2}]}},
            },
        )

        assert await run.answer("{me{name friend{age}} you{age}}") == {
            "data": {"me": {"name": "x", "friend": {"age": 2}}, "you": {"age": 3}}
        }
        assert run.sent()[1][1] == {
            "r1": [{"__typename": "User", "id": "1"}],
            "r2": [{"__typename": "User", "id": "3"}, {"__typename": "User", "id": "2"}],
        }

    async def test_what_is_written_to_one_place_does_not_show_in_another(self) -> None:
        """Two places hold one entity; a later fetch fills a nested object in one of them only."""
        run = bench(
            SDL,
            plan(
                obj(
                    "Query",
                    show("me", "User", obj("User", show("friend", "User", obj("User", show("age"))))),
                    show("you", "User", obj("User", show("friend", "User", obj("User", show("age"))))),
                ),
                fetch(0, "a", "{me{id} you{id}}"),
                fetch(1, "b", "{_entities{...on User{friend{id}}}}", after=(0,), targets=[("me", USER), ("you", USER)]),
                fetch(2, "c", "{_entities{...on User{age}}}", after=(1,), targets=[("me.friend", USER)]),
            ),
            {
                "a": {"data": {"me": {"id": "1"}, "you": {"id": "1"}}},
                "b": entities({"friend": {"id": "2"}}),
                "c": entities({"age": 7}),
            },
        )

        assert await run.answer("{me{friend{age}} you{friend{age}}}") == {
            "data": {"me": {"friend": {"age": 7}}, "you": {"friend": {"age": None}}}
        }


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


class TestFailures:
    async def test_an_unreachable_subgraph_nulls_its_fields_and_is_named(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1", "2")})

        assert await run.answer("{users{name}}") == {
            "data": {"users": [{"name": None}, {"name": None}]},
            "errors": [
                {
                    "message": "The subgraph cannot be reached.",
                    "path": ["users"],
                    "extensions": {"code": "SUBGRAPH_UNREACHABLE", "service": "b"},
                }
            ],
        }

    async def test_a_failed_fetch_is_reported_at_its_one_place(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("ich", "User", obj("User", show("name")), source="me")),
                fetch(0, "a", "{me{id}}"),
                fetch(1, "b", NAME, after=(0,), targets=[("me", USER)]),
            ),
            {"a": {"data": {"me": {"id": "1"}}}},
        )

        answer = await run.answer("{ich:me{name}}")

        assert answer["data"] == {"ich": {"name": None}}
        assert [error["path"] for error in answer["errors"]] == [["ich"]]

    async def test_a_failed_root_fetch_is_reported_at_each_of_its_fields(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("x", source="me"), show("plain")),
                fetch(0, "b", "{me{id} ...F} fragment F on Query {plain __typename}"),
            ),
        )

        answer = await run.answer("{x:me{id} plain}")

        assert answer["data"] == {"x": None, "plain": None}
        assert [error["path"] for error in answer["errors"]] == [["x"], ["plain"]]

    async def test_what_follows_a_failed_fetch_is_not_sent_where_its_input_never_came(self) -> None:
        later = fetch(
            2,
            "c",
            NAME,
            after=(1,),
            targets=[("users.@", entity("User", key_field("id"), key_field("name", required=False)))],
        )
        run = bench(SDL, users_plan(later), {"a": ids("1"), "c": entities({})})

        await run.answer("{users{name}}")

        assert [subgraph for subgraph, _ in run.sent()] == ["a", "b"]

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>Bad gateway</html>",
            b'{"data":{"users":[{"id"',
            b"",
            b"[]",
            b"{}",
            b'{"data":null}',
            b'{"data":[]}',
            b'{"data":{},"errors":"no"}',
            b"\xff\xfe",
            b"[" * 5_000,
        ],
    )
    @pytest.mark.parametrize("passthrough", [False, True])
    async def test_nonsense_is_an_error_that_shows_nothing_of_it(self, body: bytes, passthrough: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
        run = bench(
            SDL,
            plan(obj("Query", show("plain")), fetch(0, "a", "{plain}"), passthrough=passthrough),
            {"a": lambda _: SubgraphResponse(502, body)},
        )

        assert await run.answer("{plain}") == {
            "data": {"plain": None},
            "errors": [
                {
                    "message": "The subgraph gave no valid answer.",
                    "path": ["plain"],
                    "extensions": {"code": "SUBGRAPH_BAD_RESPONSE", "service": "a"},
                }
            ],
        }

    @pytest.mark.parametrize("found", [[], [{"name": "x"}], [{"name": "x"}] * 3, {"name": "x"}, None, "text"])
    async def test_a_wrong_number_of_entities_is_an_error_and_nothing_is_written(self, found: Any) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1", "2"), "b": {"data": {"_entities": found}}})

        assert await run.answer("{users{name}}") == {
            "data": {"users": [{"name": None}, {"name": None}]},
            "errors": [
                {
                    "message": "The subgraph gave no valid answer.",
                    "path": ["users"],
                    "extensions": {"code": "SUBGRAPH_BAD_RESPONSE", "service": "b"},
                }
            ],
        }

    async def test_an_entity_of_the_wrong_shape_leaves_the_others(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1", "2"), "b": entities("text", {"name": "y"})})

        answer = await run.answer("{users{name}}")

        assert answer["data"] == {"users": [{"name": None}, {"name": "y"}]}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBGRAPH_BAD_RESPONSE"]

    async def test_errors_with_a_status_of_failure_are_the_subgraphs_errors(self) -> None:
        body = orjson.dumps({"errors": [{"message": "no access", "extensions": {"code": "FORBIDDEN"}}]})
        run = bench(
            SDL,
            plan(obj("Query", show("plain")), fetch(0, "a", "{plain}")),
            {"a": lambda _: SubgraphResponse(401, body)},
        )

        assert await run.answer("{plain}") == {
            "data": {"plain": None},
            "errors": [
                {"message": "no access", "path": ["plain"], "extensions": {"code": "FORBIDDEN", "service": "a"}}
            ],
        }


class TestSubgraphErrors:
    PET = obj("Pet", show("name", "String!"))

    def pets(self, errors: list[Any], *, settings: EngineSettings | None = None) -> Bench:
        return bench(
            SDL,
            plan(
                obj(
                    "Query",
                    show("all", "[User]", obj("User", show("tier", "Pet", self.PET, source="pet")), source="users"),
                ),
                fetch(0, "a", "{users{id}}"),
                fetch(1, "b", "{_entities{...on User{pet{name}}}}", after=(0,), targets=[("users.@", USER)]),
            ),
            {
                "a": ids("1", None, "2", "1"),
                "b": {"data": {"_entities": [{"pet": None}, {"pet": {"name": "y"}}]}, "errors": errors},
            },
            settings=settings,
        )

    async def test_an_entitys_error_is_told_once_for_each_of_its_places(self) -> None:
        error = {
            "message": "pet ran away",
            "path": ["_entities", 0, "pet", "name"],
            "locations": [{"line": 1, "column": 2}],
            "extensions": {"code": "GONE", "hint": "look"},
        }

        assert await self.pets([error]).answer("{all:users{tier:pet{name}}}") == {
            "data": {"all": [{"tier": None}, None, {"tier": {"name": "y"}}, {"tier": None}]},
            "errors": [
                {
                    "message": "pet ran away",
                    "path": ["all", index, "tier", "name"],
                    "extensions": {"code": "GONE", "hint": "look", "service": "b"},
                }
                for index in (0, 3)
            ],
        }

    async def test_internal_keys_do_not_show_in_paths(self) -> None:
        error = {"message": "m", "path": ["_entities", 1, "pet", "_internal", 0, "x"]}

        answer = await self.pets([error]).answer("{all:users{tier:pet{name}}}")

        assert [each["path"] for each in answer["errors"]] == [["all", 2, "tier"]]

    @pytest.mark.parametrize(
        "error",
        [
            {"message": "m"},
            {"message": "m", "path": None},
            {"message": "m", "path": []},
            {"message": "m", "path": ["_entities"]},
            {"message": "m", "path": ["_entities", 99, "pet"]},
            {"message": "m", "path": "_entities"},
            {"message": "m", "path": [None]},
        ],
    )
    async def test_an_error_that_names_no_entity_is_told_once(self, error: dict[str, Any]) -> None:
        answer = await self.pets([error]).answer("{all:users{tier:pet{name}}}")

        assert answer["errors"] == [
            {"message": "m", "path": ["all"], "extensions": {"code": "SUBGRAPH_ERROR", "service": "b"}}
        ]

    @pytest.mark.parametrize("error", ["text", None, {}, {"message": 7, "extensions": []}, {"message": None}])
    async def test_an_error_that_is_none_is_masked(self, error: Any) -> None:
        answer = await self.pets([error]).answer("{all:users{tier:pet{name}}}")

        assert answer["errors"] == [
            {
                "message": "The subgraph reported an error.",
                "path": ["all"],
                "extensions": {"code": "SUBGRAPH_ERROR", "service": "b"},
            }
        ]

    async def test_redacted_errors_keep_code_service_and_path_only(self) -> None:
        error = {"message": "secret", "path": ["_entities", 1], "extensions": {"code": "GONE", "trace": "secret"}}
        run = self.pets([error], settings=EngineSettings(redact_subgraph_errors=True))

        assert (await run.answer("{all:users{tier:pet{name}}}"))["errors"] == [
            {
                "message": "The subgraph reported an error.",
                "path": ["all", 2],
                "extensions": {"code": "GONE", "service": "b"},
            }
        ]

    async def test_too_many_errors_are_counted_in_a_last_one(self) -> None:
        run = self.pets([{"message": str(number)} for number in range(5)], settings=EngineSettings(max_errors=2))

        assert [each["message"] for each in (await run.answer("{all:users{tier:pet{name}}}"))["errors"]] == [
            "0",
            "1",
            "3 more errors are left out.",
        ]

    async def test_a_root_fetchs_error_keeps_its_path(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("all", "[User]", obj("User", show("name")), source="users")),
                fetch(0, "a", "{users{name}}"),
            ),
            {
                "a": {
                    "data": {"users": [{"name": None}]},
                    "errors": [{"message": "m", "path": ["users", 0, "name"], "extensions": {"code": ""}}],
                }
            },
        )

        assert await run.answer("{all:users{name}}") == {
            "data": {"all": [{"name": None}]},
            "errors": [
                {
                    "message": "m",
                    "path": ["all", 0, "name"],
                    "extensions": {"code": "SUBGRAPH_ERROR", "service": "a"},
                }
            ],
        }

    async def test_a_null_that_nobody_explains_names_the_subgraph_that_was_asked(self) -> None:
        run = bench(
            SDL,
            plan(
                obj("Query", show("me", "User", obj("User", show("pet", "Pet", self.PET)))),
                fetch(0, "a", "{me{id}}"),
                fetch(1, "b", "{_entities{...on User{pet{name}}}}", after=(0,), targets=[("me", USER)]),
            ),
            {"a": {"data": {"me": {"id": "1"}}}, "b": entities({"pet": {"name": None}})},
        )

        assert await run.answer("{me{pet{name}}}") == {
            "data": {"me": {"pet": None}},
            "errors": [
                {
                    "message": "Cannot return null for non-nullable field Pet.name.",
                    "path": ["me", "pet", "name"],
                    "extensions": {"code": "NON_NULL_VIOLATION", "service": "b"},
                }
            ],
        }


class TestPassingOn:
    PLAN = plan(obj("Query", show("plain")), fetch(0, "a", "{plain}"), passthrough=True)

    @pytest.mark.parametrize("body", [b'{"data":{"plain":"x"}}', b'{"data": {"plain": "x", "order": {}}}\n'])
    async def test_a_plain_answer_is_passed_on_byte_for_byte(self, body: bytes) -> None:
        run = bench(SDL, self.PLAN, {"a": body})

        assert await run.result("{plain}") == GraphQLResult(body, has_data=True)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"data":{"plain":"x"},"extensions":{"trace":{}}}',
            b'{"extensions":{},"data":{"plain":"x"}}',
            b'{"data":{"plain":"x"},"errors":null}',
            b'{ "data" : {"plain":"x"} }',
        ],
    )
    async def test_what_stands_beside_data_is_not_passed_on(self, body: bytes) -> None:
        run = bench(SDL, self.PLAN, {"a": body})

        assert (await run.result("{plain}")).body == b'{"data":{"plain":"x"}}'

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


class TestDeadlines:
    @staticmethod
    async def hang(_: SubgraphRequest) -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def test_what_is_not_there_in_time_is_null_and_the_rest_is_kept(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1"), "b": self.hang}, timeout=0.01)

        assert await run.answer("{users{name}}") == {
            "data": {"users": [{"name": None}]},
            "errors": [
                {
                    "message": "The subgraph did not answer in time.",
                    "path": ["users"],
                    "extensions": {"code": "SUBGRAPH_TIMEOUT", "service": "b"},
                }
            ],
        }

    async def test_what_was_not_begun_in_time_is_reported_too(self) -> None:
        steps = [
            fetch(0, "a", "mutation{a}", operation=OperationType.MUTATION),
            fetch(1, "b", "mutation{b}", operation=OperationType.MUTATION, after=(0,)),
            fetch(2, "c", NAME, after=(1,), targets=[("b", USER)]),
        ]
        projection = obj("Mutation", show("a"), show("b"))
        fixed = plan(projection, *steps, operation=OperationType.MUTATION)
        run = bench(SDL, fixed, {"a": self.hang}, timeout=0.01)

        answer = await run.answer("mutation{a b}")

        assert answer["data"] == {"a": None, "b": None}
        assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
            (["a"], "SUBGRAPH_TIMEOUT"),
            (["b"], "SUBGRAPH_TIMEOUT"),
        ]
        assert [subgraph for subgraph, _ in run.sent()] == ["a"]

    async def test_a_passed_on_plan_times_out(self) -> None:
        run = bench(
            SDL,
            plan(obj("Query", show("plain")), fetch(0, "a", "{plain}"), passthrough=True),
            {"a": self.hang},
            timeout=0,
        )

        assert (await run.result("{plain}")).error_codes == ("SUBGRAPH_TIMEOUT",)
        assert run.sent() == []

    async def test_all_fetches_have_one_deadline(self) -> None:
        run = bench(SDL, users_plan(), {"a": ids("1"), "b": entities({"name": "x"})}, timeout=5)
        before = asyncio.get_running_loop().time()

        await run.answer("{users{name}}")

        first, second = (request.deadline for request in run.transport.requests)
        assert first == second
        assert before + 5 <= first <= asyncio.get_running_loop().time() + 5

    async def test_a_cancelled_request_cancels_its_fetches(self) -> None:
        started, cancelled = asyncio.Event(), asyncio.Event()

        async def slow(_: SubgraphRequest) -> dict[str, Any]:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError

        run = bench(
            SDL,
            plan(obj("Query", show("me"), show("you")), fetch(0, "a", "{me}"), fetch(1, "b", "{you}")),
            {"a": slow, "b": slow},
        )
        task = asyncio.create_task(run.answer("{me{id} you{id}}"))
        await started.wait()
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert cancelled.is_set()
        assert len(asyncio.all_tasks()) == 1


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
