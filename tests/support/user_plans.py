"""Plans about users, on which the tests of execution stand."""

from __future__ import annotations

from typing import Any

from router.planning.plan import ObjectProjection, QueryPlan
from tests.support.execution import entity, fetch, key_field, obj, plan, show

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
