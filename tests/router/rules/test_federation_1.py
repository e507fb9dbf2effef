"""Federation 1 subgraphs, and external fields that nobody would expect: rules 2 and 9."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_EXTENDS = federation(
    a=Service(
        """
        extend type Query { random: User users: [User] byEmail: User @provides(fields: "nick") }
        extend type User @key(fields: "id") { id: ID! @external nick: String @external rank: Int mail: String @external
          greeting: String @requires(fields: "mail") }
        """,
        query={
            "random": {"id": "1", "rank": 5, "nick": "(a) nick"},
            "users": [{"id": "2", "rank": 6}, {"id": "1", "rank": 5}],
            "byEmail": {"id": "1", "rank": 5, "nick": "(a) nick"},
        },
        entities={"User": lambda given: {"rank": 5, "greeting": lambda user: f"hello {user['mail']}"}},
    ),
    b=Service(
        """
        type Query { me: User }
        type User @key(fields: "id") { id: ID! nick: String name: String mail: String }
        """,
        query={"me": {"id": "1", "nick": "nick", "name": "n", "mail": "m1"}},
        entities={
            "User": [
                {"id": "1", "nick": "nick", "name": "n", "mail": "m1"},
                {"id": "2", "nick": "nock", "name": "o", "mail": "m2"},
            ]
        },
    ),
)
_EXTENDS.link = ""


@pytest.mark.rule(2, 9, 18)
@cases(
    {
        "the extension's own": ("{ random { id rank } }", {"random": {"id": "1", "rank": 5}}, "a"),
        "the owner's": ("{ random { name rank } }", {"random": {"name": "n", "rank": 5}}, "a > b"),
        "external there": ("{ random { nick } }", {"random": {"nick": "nick"}}, "a > b"),
        "external and provided": ("{ byEmail { nick id } }", {"byEmail": {"nick": "(a) nick", "id": "1"}}, "a"),
        "from the owner": ("{ me { rank nick } }", {"me": {"rank": 5, "nick": "nick"}}, "b > a"),
        "an input": ("{ me { greeting } }", {"me": {"greeting": "hello m1"}}, "b > a"),
        "an input from there": (
            "{ users { greeting rank } }",
            {"users": [{"greeting": "hello m2", "rank": 6}, {"greeting": "hello m1", "rank": 5}]},
            "a > b > a",
        ),
        "both": (
            "{ random { name } me { rank } }",
            {"random": {"name": "n"}, "me": {"rank": 5}},
            "a + b > a + b",
        ),
    }
)
async def test_federation_1_extensions(case: Case) -> None:
    await _EXTENDS.answers(case)


_MYSTERY = federation(
    a=Service(
        """
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! price: Int name: String @shareable }
        """,
        query={"product": {"id": "1", "price": 100, "name": "p"}},
        entities={"Product": [{"id": "1", "price": 100, "name": "p"}]},
    ),
    b=Service(
        """
        type Query { other: Product }
        type Product @key(fields: "id") {
          id: ID! price: Int @external name: String @shareable discount: Int @requires(fields: "price")
          rival: Product
        }
        """,
        query={
            "other": {"id": "1", "name": "p", "price": "rubbish", "rival": {"id": "2", "price": "rubbish", "name": "q"}}
        },
        entities={
            "Product": [
                {"id": "1", "name": "p", "discount": lambda p: p["price"] // 10, "rival": {"id": "1", "name": "p"}}
            ]
        },
    ),
)


@pytest.mark.rule(9, 13)
@cases(
    {
        "shared beside external": ("{ other { name price } }", {"other": {"name": "p", "price": 100}}, "b > a"),
        "an input at hand shares the call": (
            "{ product { price discount name } }",
            {"product": {"price": 100, "discount": 10, "name": "p"}},
            "a > b",
        ),
        "an input that lies here": ("{ other { discount } }", {"other": {"discount": 10}}, "b > a > b"),
        "a way out and back again": (
            "{ product { rival { name } } }",
            {"product": {"rival": {"name": "p"}}},
            "a > b",
        ),
        "and an external one at its end": (
            "{ product { rival { price } discount } }",
            {"product": {"rival": {"price": 100}, "discount": 10}},
            "a > b > a",
        ),
    }
)
async def test_external_fields_beside_shared_ones(case: Case) -> None:
    await _MYSTERY.answers(case)


_CORRUPT = federation(
    a=Service(
        """
        type Query { node(ref: ID!): Node account(ref: String!): Account }
        interface Node { id: ID! }
        type Account implements Node @key(fields: "id") { id: ID! username: String chats: [Chat] }
        type Chat implements Node @key(fields: "id") { id: ID! text: String }
        """,
        query={
            "node": lambda _, ref: {
                "__typename": "Account",
                "id": ref,
                "username": "u",
                "chats": [{"id": "c", "text": "t"}],
            },
            "account": lambda _, ref: {"id": ref, "username": "u", "chats": [{"id": "c", "text": "t"}]},
        },
        entities={"Account": [{"id": "1", "username": "u", "chats": []}], "Chat": [{"id": "c", "text": "t"}]},
    ),
    b=Service(
        """
        type Query { chat(ref: String!): Chat }
        interface Node { id: ID! }
        type Account implements Node @key(fields: "id") { id: ID! }
        type Chat implements Node @key(fields: "id") { id: ID! account: Account }
        """,
        query={"chat": lambda _, ref: {"id": ref, "account": {"id": "1"}}},
        entities={"Chat": [{"id": "c", "account": {"id": "1"}}]},
    ),
)


@pytest.mark.rule(1, 20)
@cases(
    {
        "through the interface": (
            '{ node(ref: "1") { ... on Account { username chats { account { id } } } id } }',
            {"node": {"username": "u", "chats": [{"account": {"id": "1"}}], "id": "1"}},
            "a > b",
        ),
        "to and fro": (
            '{ chat(ref: "c") { account { username chats { text } } text } }',
            {"chat": {"account": {"username": "u", "chats": []}, "text": "t"}},
            "b > a",
        ),
        "the other implementation": ('{ node(ref: "1") { ... on Chat { text account { id } } } }', {"node": {}}, "a"),
        "under two aliases": (
            '{ x: account(ref: "1") { id } y: account(ref: "2") { chats { a: account { n: username } } } }',
            {"x": {"id": "1"}, "y": {"chats": [{"a": {"n": "u"}}]}},
            "a > b > a",
        ),
    }
)
async def test_nodes_of_several_subgraphs(case: Case) -> None:
    await _CORRUPT.answers(case)
