"""Three subgraphs as Strawberry prints them compose to the supergraph that stands beside them."""

from __future__ import annotations

import os
from itertools import permutations
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType

from router.composition import SubgraphSource, compose
from router.supergraph import Supergraph, load_supergraph

_FOLDER = Path(__file__).with_name("shop")
_SNAPSHOT = _FOLDER / "supergraph.graphql"
_SOURCES = [
    SubgraphSource(name, f"http://{name}.test/graphql", (_FOLDER / f"{name}.graphql").read_text(encoding="utf-8"))
    for name in ("accounts", "orders", "stock")
]


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    return load_supergraph(compose(_SOURCES).supergraph_sdl)


def test_gives_the_bytes_of_the_snapshot_in_every_order() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        _SNAPSHOT.write_text(compose(_SOURCES).supergraph_sdl, encoding="utf-8")

    outputs = {compose(order).supergraph_sdl for order in permutations(_SOURCES)}

    assert outputs == {_SNAPSHOT.read_text(encoding="utf-8")}


def test_an_interface_in_each_subgraph_has_the_implementations_of_all(supergraph: Supergraph) -> None:
    interface = supergraph.api_schema.type_map["UserError"]
    assert isinstance(interface, GraphQLInterfaceType)

    names = sorted(definition.name for definition in supergraph.api_schema.get_possible_types(interface))

    assert names == ["InvalidCredentialsError", "InvalidInputError", "PaymentDeclinedError", "SoldOutError"]


def test_an_enum_in_parts_has_all_values_where_it_is_only_answered(supergraph: Supergraph) -> None:
    codes = supergraph.api_schema.type_map["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)

    assert list(codes.values) == ["INVALID_INPUT", "NOT_FOUND", "INVALID_CREDENTIALS", "PAYMENT_DECLINED", "SOLD_OUT"]


def test_hidden_mutations_and_their_types_are_no_part_of_the_api(supergraph: Supergraph) -> None:
    mutation = supergraph.api_schema.mutation_type
    assert mutation is not None

    assert list(mutation.fields) == ["login", "payOrder", "holdItems"]
    assert {"ErasePayload", "ClaimPayload", "ClaimInput", "ClaimMode"}.isdisjoint(supergraph.api_schema.type_map)


def test_subscriptions_of_two_subgraphs_stand_side_by_side(supergraph: Supergraph) -> None:
    subscription = supergraph.api_schema.subscription_type
    assert subscription is not None

    assert list(subscription.fields) == ["orderUpdates", "stockUpdates"]


def test_the_machinery_of_subgraphs_is_gone(supergraph: Supergraph) -> None:
    query = supergraph.api_schema.query_type
    assert query is not None

    assert list(query.fields) == ["me", "products", "product", "order", "hold"]
    assert {"_Any", "_Entity", "_Service"}.isdisjoint(supergraph.api_schema.type_map)
