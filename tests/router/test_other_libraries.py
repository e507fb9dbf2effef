"""Subgraphs of Ariadne and of Strawberry behind one router, each served by its own library: what people really have."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import pytest
import strawberry
from ariadne import InterfaceType, MutationType, QueryType, SubscriptionType
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLTransportWSHandler
from ariadne.contrib.federation import FederatedObjectType, make_federated_schema
from graphql import GraphQLError, graphql_sync
from strawberry.asgi import GraphQL as StrawberryGraphQL

from router.app import build_router
from router.composition import SubgraphSource, compose
from router.config import load_config
from router.transport import AsgiTransport
from tests.support.running_server import Running, running
from tests.support.socket_client import connected

SHIPPING = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@requires", "@external", "@shareable"])

type Query { heaviest: Product parcels: [Parcel!]! }
type Mutation { ship(id: ID!): Product }
type Subscription { shipped: Product }

interface Parcel { id: ID! label: String! }
type Box implements Parcel @key(fields: "id") { id: ID! label: String! product: Product }
type Letter implements Parcel { id: ID! label: String! pages: Int! }

type Product @key(fields: "id") {
  id: ID!
  grams: Int @external
  price: Int @requires(fields: "grams")
  carrier: String
}
"""
PARCELS: list[dict[str, Any]] = [
    {"__typename": "Box", "id": "b", "label": "a box", "product": {"id": "1"}},
    {"__typename": "Letter", "id": "l", "label": "a letter", "pages": 2},
]
query, mutation, subscription = QueryType(), MutationType(), SubscriptionType()
product, box, parcel = FederatedObjectType("Product"), FederatedObjectType("Box"), InterfaceType("Parcel")


@query.field("heaviest")
def heaviest(*_: Any) -> dict[str, str]:
    return {"id": "2"}


@query.field("parcels")
def parcels(*_: Any) -> list[dict[str, Any]]:
    return PARCELS


@mutation.field("ship")
def ship(*_: Any, id: str) -> dict[str, str]:  # noqa: A002 - the argument's name in the schema
    return {"id": id}


@subscription.source("shipped")
async def shipped(*_: Any) -> AsyncGenerator[dict[str, str], None]:
    for number in ("1", "2"):
        yield {"id": number}


@subscription.field("shipped")
def shipped_product(event: dict[str, str], *_: Any) -> dict[str, str]:
    return event


@product.reference_resolver
def resolve_product(_: Any, __: Any, representation: dict[str, Any]) -> dict[str, Any] | None:
    return None if representation["id"] == "3" else representation


@product.field("price")
def price(parent: dict[str, Any], _: Any) -> int | None:
    return None if parent.get("grams") is None else parent["grams"] // 10


@product.field("carrier")
def carrier(parent: dict[str, Any], _: Any) -> str:
    if parent["id"] == "2":
        raise GraphQLError("No carrier goes there.", extensions={"code": "NO_CARRIER"})
    return "ship"


@parcel.type_resolver
def type_of(value: dict[str, Any], *_: Any) -> str:
    return str(value["__typename"])


shipping = make_federated_schema(SHIPPING, query, mutation, subscription, product, box, parcel)


@strawberry.federation.type(keys=["id"])
class Product:
    id: strawberry.ID
    name: str
    grams: int | None

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> Product | None:  # noqa: A002 - the key's name
        return PRODUCTS.get(id)


PRODUCTS = {
    item.id: item
    for item in (
        Product(id=strawberry.ID("1"), name="Lamp", grams=900),
        Product(id=strawberry.ID("2"), name="Anvil", grams=50_000),
        Product(id=strawberry.ID("3"), name="Idea", grams=None),
    )
}


@strawberry.type
class Query:
    @strawberry.field
    def products(self) -> list[Product]:
        return list(PRODUCTS.values())


catalog = strawberry.federation.Schema(query=Query)


def sdl_of_ariadne() -> str:
    answer = graphql_sync(shipping, "{ _service { sdl } }")
    assert answer.data is not None
    return str(answer.data["_service"]["sdl"])


@pytest.fixture
async def router() -> AsyncIterator[Running]:
    supergraph = compose(
        [
            SubgraphSource("catalog", "http://catalog/graphql", catalog.as_str()),
            SubgraphSource("shipping", "http://shipping/graphql", sdl_of_ariadne()),
        ]
    )
    transport = AsgiTransport(
        {
            "catalog": StrawberryGraphQL[None, None](catalog),
            "shipping": GraphQL(shipping, websocket_handler=GraphQLTransportWSHandler(), logger="tests.ariadne"),
        }
    )
    config = load_config()
    async with running(build_router(config, supergraph.supergraph_sdl, transport), config) as started:
        yield started


async def ask(router: Running, text: str) -> Any:
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.post(f"{router.http}/graphql", json={"query": text})).json()


async def test_a_computed_field_gets_its_input_from_the_other_library(router: Running) -> None:
    assert await ask(router, "{ products { name price } }") == {
        "data": {
            "products": [
                {"name": "Lamp", "price": 90},
                {"name": "Anvil", "price": 5000},
                {"name": "Idea", "price": None},
            ]
        }
    }


async def test_an_entity_is_entered_from_either_side(router: Running) -> None:
    assert await ask(router, "{ heaviest { name grams price } }") == {
        "data": {"heaviest": {"name": "Anvil", "grams": 50_000, "price": 5000}}
    }


async def test_one_failing_entity_leaves_the_others_alone(router: Running) -> None:
    answer = await ask(router, "{ products { name carrier } }")
    assert answer["data"]["products"] == [
        {"name": "Lamp", "carrier": "ship"},
        {"name": "Anvil", "carrier": None},
        {"name": "Idea", "carrier": None},
    ]
    [error] = answer["errors"]
    assert (error["message"], error["path"]) == ("No carrier goes there.", ["products", 1, "carrier"])
    assert error["extensions"] == {"code": "NO_CARRIER", "service": "shipping"}


async def test_types_behind_an_interface_are_told_apart(router: Running) -> None:
    assert await ask(
        router, "{ parcels { __typename label ... on Box { product { name } } ... on Letter { pages } } }"
    ) == {
        "data": {
            "parcels": [
                {"__typename": "Box", "label": "a box", "product": {"name": "Lamp"}},
                {"__typename": "Letter", "label": "a letter", "pages": 2},
            ]
        }
    }


async def test_a_mutation_goes_on_in_the_other_library(router: Running) -> None:
    assert await ask(router, 'mutation { ship(id: "1") { id name price } }') == {
        "data": {"ship": {"id": "1", "name": "Lamp", "price": 90}}
    }


async def test_each_event_of_a_subscription_is_completed_by_the_other_library(router: Running) -> None:
    async with connected(router) as socket:
        await socket.init()
        await socket.subscribe("s", "subscription { shipped { name price } }")
        messages = [await socket.receive() for _ in range(3)]
    assert [message.get("payload") for message in messages] == [
        {"data": {"shipped": {"name": "Lamp", "price": 90}}},
        {"data": {"shipped": {"name": "Anvil", "price": 5000}}},
        None,
    ]
    assert messages[-1]["type"] == "complete"
