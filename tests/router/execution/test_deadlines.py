"""One deadline for a request; cancelled with its caller."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import OperationType

from router.transport.base import SubgraphRequest
from tests.support.execution import bench, entities, fetch, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, ids, users_plan


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
