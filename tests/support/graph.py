"""A small federation over one store: subgraphs that graphql-core executes, and one schema of all of it as oracle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    default_field_resolver,
    execute_sync,
    parse,
    validate,
)

from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport

__all__ = ["API", "STORE", "SUPERGRAPH", "mock_subgraphs", "oracle"]

SUPERGRAPH = """
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{ query: Query mutation: Mutation subscription: Subscription }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false,
  resolvable: Boolean! = true, isInterfaceObject: Boolean! = false
) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String,
  external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
scalar link__Import
scalar join__FieldSet
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph {
  ACCOUNTS @join__graph(name: "accounts", url: "http://accounts.test/")
  PRODUCTS @join__graph(name: "products", url: "http://products.test/")
  REVIEWS @join__graph(name: "reviews", url: "http://reviews.test/")
}
type Query @join__type(graph: ACCOUNTS) @join__type(graph: PRODUCTS) @join__type(graph: REVIEWS) {
  me: User @join__field(graph: ACCOUNTS)
  user(id: ID!): User @join__field(graph: ACCOUNTS)
  users: [User!]! @join__field(graph: ACCOUNTS)
  shelves: [[Product]!] @join__field(graph: PRODUCTS)
  product(upc: String!): Product @join__field(graph: PRODUCTS)
  catalogue: [Item!]! @join__field(graph: PRODUCTS)
  latest(count: Int = 2): [Review!]! @join__field(graph: REVIEWS)
}
type Mutation @join__type(graph: ACCOUNTS) @join__type(graph: REVIEWS) {
  rename(id: ID!, name: String!): User @join__field(graph: ACCOUNTS)
  review(upc: String!, body: String!): Review @join__field(graph: REVIEWS)
}
type Subscription @join__type(graph: REVIEWS) { reviewed: Review @join__field(graph: REVIEWS) }
type User @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
  id: ID!
  name: String @join__field(graph: ACCOUNTS)
  mood: Mood @join__field(graph: ACCOUNTS)
  reviews: [Review!]! @join__field(graph: REVIEWS)
}
enum Mood @join__type(graph: ACCOUNTS) { GLAD @join__enumValue(graph: ACCOUNTS) SAD @join__enumValue(graph: ACCOUNTS) }
interface Item @join__type(graph: PRODUCTS) { upc: String! title: String }
type Product implements Item @join__implements(graph: PRODUCTS, interface: "Item")
  @join__type(graph: PRODUCTS, key: "upc") @join__type(graph: REVIEWS, key: "upc") {
  upc: String!
  title: String @join__field(graph: PRODUCTS)
  price: Int @join__field(graph: PRODUCTS) @join__field(graph: REVIEWS, external: true)
  rating: String @join__field(graph: REVIEWS, requires: "price")
  reviews: [Review!]! @join__field(graph: REVIEWS)
  similar: [Product] @join__field(graph: PRODUCTS)
}
type Voucher implements Item @join__implements(graph: PRODUCTS, interface: "Item") @join__type(graph: PRODUCTS) {
  upc: String!
  title: String
  value: Int!
}
type Review @join__type(graph: REVIEWS, key: "id") {
  id: ID!
  body: String
  author: User
  product: Product
}
"""

_ENTITIES = """
scalar _Any
union _Entity = {members}
extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}
"""

_SUBGRAPHS = {
    "accounts": """
type Query { me: User user(id: ID!): User users: [User!]! }
type Mutation { rename(id: ID!, name: String!): User }
type User { id: ID! name: String mood: Mood }
enum Mood { GLAD SAD }
"""
    + _ENTITIES.format(members="User"),
    "products": """
type Query { shelves: [[Product]!] product(upc: String!): Product catalogue: [Item!]! }
interface Item { upc: String! title: String }
type Product implements Item { upc: String! title: String price: Int similar: [Product] }
type Voucher implements Item { upc: String! title: String value: Int! }
"""
    + _ENTITIES.format(members="Product"),
    "reviews": """
type Query { latest(count: Int = 2): [Review!]! }
type Mutation { review(upc: String!, body: String!): Review }
type Subscription { reviewed: Review }
type User { id: ID! reviews: [Review!]! }
type Product { upc: String! price: Int rating: String reviews: [Review!]! }
type Review { id: ID! body: String author: User product: Product }
"""
    + _ENTITIES.format(members="User | Product | Review"),
}

API = """
type Query {
  me: User user(id: ID!): User users: [User!]! shelves: [[Product]!] product(upc: String!): Product
  catalogue: [Item!]! latest(count: Int = 2): [Review!]!
}
type Mutation { rename(id: ID!, name: String!): User review(upc: String!, body: String!): Review }
type Subscription { reviewed: Review }
type User { id: ID! name: String mood: Mood reviews: [Review!]! }
enum Mood { GLAD SAD }
interface Item { upc: String! title: String }
type Product implements Item {
  upc: String! title: String price: Int rating: String reviews: [Review!]! similar: [Product]
}
type Voucher implements Item { upc: String! title: String value: Int! }
type Review { id: ID! body: String author: User product: Product }
"""

Store = dict[str, Any]


def _store() -> Store:
    users = [
        {"__typename": "User", "id": str(number), "name": f"user {number}", "mood": "GLAD" if number % 2 else None}
        for number in range(4)
    ]
    products: list[dict[str, Any]] = [
        {"__typename": "Product", "upc": f"p{number}", "title": f"product {number}", "price": number or None}
        for number in range(5)
    ]
    for number, product in enumerate(products):
        product["similar"] = [products[(number + 1) % 5], None, products[(number + 2) % 5]]
    reviews = [
        {
            "__typename": "Review",
            "id": f"r{number}",
            "body": f"body {number}",
            "author": users[number % 3],
            "product": products[number % 4],
        }
        for number in range(7)
    ]
    return {
        "users": users,
        "products": products,
        "reviews": reviews,
        "voucher": {"__typename": "Voucher", "upc": "v", "title": None, "value": 5},
    }


STORE = _store


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Resolve any field of any of the schemas; the store is the execution's context."""
    parent, field = info.parent_type.name, info.field_name
    resolver = _RESOLVERS.get(f"{parent}.{field}")
    if resolver is not None:
        return resolver(source, info.context, arguments)
    return default_field_resolver(source, info, **arguments)


def _find(store: Store, representation: Mapping[str, Any]) -> Any:
    typename = representation["__typename"]
    key = "upc" if typename == "Product" else "id"
    kind = {"User": "users", "Product": "products", "Review": "reviews"}[typename]
    found = next((item for item in store[kind] if item[key] == representation[key]), None)
    # What a representation brings beside the key is what @requires asked for: it is seen instead of the store's.
    return None if found is None else {**found, **representation, "_represented": sorted(representation)}


def _rating(product: Any, _store: Store, _arguments: Any) -> str:
    # The subgraph of reviews does not know prices: without the router's representation there is none.
    represented = product.get("_represented")
    known = represented is None or "price" in represented
    return f"rated at {product['price']}" if known else "price unknown"


def _rename(_: Any, store: Store, arguments: Any) -> Any:
    user = next((user for user in store["users"] if user["id"] == arguments["id"]), None)
    if user is not None:
        user["name"] = arguments["name"]
    return user


def _review(_: Any, store: Store, arguments: Any) -> Any:
    product = next(product for product in store["products"] if product["upc"] == arguments["upc"])
    review = {
        "__typename": "Review",
        "id": f"r{len(store['reviews'])}",
        "body": arguments["body"],
        "author": store["users"][0],
        "product": product,
    }
    store["reviews"].append(review)
    return review


def _user(_: Any, store: Store, arguments: Any) -> Any:
    return next((user for user in store["users"] if user["id"] == arguments["id"]), None)


def _product(_: Any, store: Store, arguments: Any) -> Any:
    return next((product for product in store["products"] if product["upc"] == arguments["upc"]), None)


_RESOLVERS = {
    "Query.me": lambda _, store, __: store["users"][1],
    "Query.user": _user,
    "Query.users": lambda _, store, __: store["users"],
    "Query.shelves": lambda _, store, __: [
        [store["products"][0], None],
        [],
        [store["products"][0], store["products"][3]],
    ],
    "Query.product": _product,
    "Query.catalogue": lambda _, store, __: [store["products"][2], store["voucher"], store["products"][1]],
    "Query.latest": lambda _, store, arguments: store["reviews"][-arguments["count"] :],
    "Query._entities": lambda _, store, arguments: [_find(store, each) for each in arguments["representations"]],
    "Mutation.rename": _rename,
    "Mutation.review": _review,
    "User.reviews": lambda user, store, _: [
        review for review in store["reviews"] if review["author"]["id"] == user["id"]
    ],
    "Product.reviews": lambda product, store, _: [
        review for review in store["reviews"] if review["product"]["upc"] == product["upc"]
    ],
    "Product.rating": _rating,
}


def _execute(
    schema: GraphQLSchema,
    store: Store,
    query: str,
    variables: Mapping[str, Any] | None,
    *,
    event: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    document = parse(query)
    errors = validate(schema, document)
    if errors:
        return {"errors": [error.formatted for error in errors]}
    result = execute_sync(
        schema,
        document,
        root_value=event,
        context_value=store,
        variable_values=dict(variables or {}),
        field_resolver=_resolve,
        type_resolver=lambda value, *_: value["__typename"],
    )
    return dict(result.formatted)


def mock_subgraphs(store: Store) -> MockTransport:
    """Subgraphs over a store; each validates what it is sent."""
    schemas = {name: build_schema(sdl) for name, sdl in _SUBGRAPHS.items()}

    def respond(request: SubgraphRequest) -> dict[str, Any]:
        body = orjson.loads(request.body)
        return _execute(schemas[request.subgraph], store, body["query"], body.get("variables"))

    def reviewed(request: SubgraphRequest) -> list[dict[str, Any]]:
        body = orjson.loads(request.body)
        return [
            _execute(schemas["reviews"], store, body["query"], body.get("variables"), event={"reviewed": review})
            for review in store["reviews"][:3]
        ]

    return MockTransport(dict.fromkeys(schemas, respond), streamers={"reviews": reviewed})


def oracle(store: Store, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What one schema of all the data answers."""
    return _execute(build_schema(API), store, query, variables)
