"""Entity fetches: what is asked, and where it goes."""

from __future__ import annotations

from router.planning.plan import (
    EntityBatch,
    EntityTarget,
)
from tests.support.execution import at, bench, entities, entity, fetch, key_field, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, ids, users_plan


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

    async def test_what_is_left_out_once_is_left_out_of_all_that_follows(self) -> None:
        named = entity("User", key_field("id"), key_field("name", required=False))
        scored = entity("User", key_field("id"), key_field("score", required=False))
        run = bench(
            SDL,
            users_plan(
                fetch(2, "c", NAME, after=(1,), targets=[("users.@", named)]),
                fetch(3, "d", NAME, after=(2,), targets=[("users.@", scored)]),
            ),
            {"a": ids("1", "2"), "b": entities(None, {"name": "y"}), "c": entities({"score": 2}), "d": entities({})},
        )

        await run.answer("{users{name}}")

        assert run.representations(3) == [{"__typename": "User", "id": "2", "score": 2}]

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
