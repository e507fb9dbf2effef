"""Failed fetches and subgraphs' errors, as clients see them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from router.execution.request import EngineSettings
from router.transport.base import SubgraphResponse
from tests.support.execution import Bench, bench, entities, entity, fetch, key_field, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, ids, users_plan


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

    async def test_an_object_below_an_entity_in_several_places_is_told_at_each_of_them(self) -> None:
        """The places of an entity share what came for it: its friend is one object, asked for once."""
        friend = obj("User", show("friend", "User", obj("User", show("name"))))
        run = bench(
            SDL,
            plan(
                obj("Query", show("users", "[User]", friend)),
                fetch(0, "a", "{users{__typename id}}"),
                fetch(
                    1, "b", "{_entities{...on User{friend{__typename id}}}}", after=(0,), targets=[("users.@", USER)]
                ),
                fetch(2, "c", NAME, after=(1,), targets=[("users.@.friend", USER)]),
            ),
            {
                "a": ids("1", "2", "1"),
                "b": entities({"friend": {"__typename": "User", "id": "9"}}, {"friend": None}),
                "c": {"data": {"_entities": [None]}, "errors": [{"message": "m", "path": ["_entities", 0, "name"]}]},
            },
        )

        answer = await run.answer("{users{friend{name}}}")

        assert [error["path"] for error in answer["errors"]] == [
            ["users", 0, "friend", "name"],
            ["users", 2, "friend", "name"],
        ]

    async def test_errors_by_the_thousand_at_places_by_the_thousand_are_counted_without_being_made(self) -> None:
        error = {"message": "m", "path": ["_entities", 0, "name"]}
        run = bench(
            SDL,
            users_plan(),
            {"a": ids(*["1"] * 10_000), "b": {"data": {"_entities": [None]}, "errors": [error] * 10_000}},
            settings=EngineSettings(max_errors=3, max_gathered_bytes=2**40),
        )

        answer = await run.answer("{users{name}}")

        # The first error's other places, and each of the other errors once.
        assert [each.get("path") for each in answer["errors"][:3]] == [["users", index, "name"] for index in range(3)]
        assert answer["errors"][3]["message"] == f"{10_000 - 3 + 9_999} more errors are left out."

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
