"""What one operation may gather is bounded: by the length of the answers, and by what they unfold into."""

from __future__ import annotations

from typing import Any

import pytest

from router.execution.request import EngineSettings
from tests.support.execution import bench, entity, fetch, key_field, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, ids, users_plan

TOO_LARGE = {
    "message": "The operation gathers more data than one may: ask for less at a time.",
    "path": ["users"],
    "extensions": {"code": "RESPONSE_TOO_LARGE", "service": "b"},
}


def named(count: int, length: int) -> dict[str, Any]:
    return {"data": {"_entities": [{"name": "x" * length} for _ in range(count)]}}


async def test_answers_up_to_the_limit_are_merged() -> None:
    settings = EngineSettings(max_gathered_bytes=2_000)
    run = bench(SDL, users_plan(), {"a": ids("1"), "b": named(1, 1_000)}, settings=settings)

    assert await run.answer("{users{name}}") == {"data": {"users": [{"name": "x" * 1_000}]}}


async def test_the_answer_that_goes_beyond_it_is_left_out_with_an_error() -> None:
    settings = EngineSettings(max_gathered_bytes=1_000)
    run = bench(SDL, users_plan(), {"a": ids("1"), "b": named(1, 1_000)}, settings=settings)

    assert await run.answer("{users{name}}") == {"data": {"users": [{"name": None}]}, "errors": [TOO_LARGE]}


async def test_nothing_more_is_asked_for_afterwards() -> None:
    later = fetch(2, "c", NAME, after=(1,), targets=[("users.@", USER)])
    settings = EngineSettings(max_gathered_bytes=1_000)
    run = bench(SDL, users_plan(later), {"a": ids("1"), "b": named(1, 1_000)}, settings=settings)

    answer = await run.answer("{users{name}}")

    assert [subgraph for subgraph, _ in run.sent()] == ["a", "b"]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["RESPONSE_TOO_LARGE"] * 2


async def test_an_answer_that_is_passed_on_counts_too() -> None:
    run = bench(
        SDL,
        plan(obj("Query", show("plain")), fetch(0, "a", "{plain}"), passthrough=True),
        {"a": {"data": {"plain": "x" * 1_000}}},
        settings=EngineSettings(max_gathered_bytes=1_000),
    )

    answer = await run.answer("{plain}")

    assert answer["data"] == {"plain": None}
    assert [error["path"] for error in answer["errors"]] == [["plain"]]


async def test_an_entity_counts_at_every_place_that_it_is_written_to() -> None:
    """Ten thousand places of one entity of a kilobyte would be a response of ten megabytes."""
    many = ids(*["1"] * 10_000)
    run = bench(
        SDL,
        users_plan(),
        {"a": many, "b": named(1, 1_000)},
        settings=EngineSettings(max_gathered_bytes=5_000_000),
    )

    answer = await run.answer("{users{name}}")

    assert len(run.representations(1)) == 1
    assert answer["data"]["users"][0] == {"name": None}
    assert answer["errors"] == [TOO_LARGE]


@pytest.mark.parametrize(("levels", "is_answered"), [(2, True), (12, False)])
async def test_a_graph_with_cycles_does_not_unfold_without_end(levels: int, is_answered: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    """Each level has ten friends who are all one user: 10 to the power of levels places, and a fetch of one entity."""
    friends = {"data": {"_entities": [{"users": [{"__typename": "User", "id": "1"}] * 10}]}}
    selection = obj("User", show("id"))
    steps = [fetch(0, "a", "{users{__typename id}}")]
    path = "users.@"
    for level in range(1, levels):
        selection = obj("User", show("users", "[User]", selection))
        steps.append(fetch(level, "b", NAME, after=(level - 1,), targets=[(path, entity("User", key_field("id")))]))
        path += ".users.@"
    run = bench(
        SDL,
        plan(obj("Query", show("users", "[User]", selection)), *steps),
        {"a": ids(*["1"] * 10), "b": friends},
        settings=EngineSettings(max_gathered_bytes=1_000_000),
    )

    result = await run.result("{users{id}}")

    assert ("RESPONSE_TOO_LARGE" not in result.error_codes) == is_answered
    assert len(result.body) < 2_000_000
    assert len(run.transport.requests) <= 6
