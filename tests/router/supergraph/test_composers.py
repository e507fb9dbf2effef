"""Supergraphs as other composers write them: the same graph by each, and what each leaves out.

`fixtures/` holds their real output for small graphs: Federation 1's (join v0.1), Apollo's of several years (join v0.2,
v0.3 and v0.5), and The Guild's.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLObjectType, print_schema
from graphql.language import OperationType

from router.errors import SupergraphError
from router.planning.query_graph import QueryGraph, print_query_graph
from router.supergraph import Supergraph, load_supergraph

_FIXTURES = Path(__file__).parent / "fixtures"
_LINK = '@link(url: "https://specs.apollo.dev/link/v1.0")'
_GRAPHS = 'enum join__Graph { A @join__graph(name: "a", url: "http://a") }'


def _load(name: str) -> Supergraph:
    return load_supergraph((_FIXTURES / f"{name}.graphql").read_text())


def _head(*links: str) -> str:
    return f"schema {_LINK} {' '.join(f'@link({link})' for link in links)} {{ query: Query }}\n{_GRAPHS}\n"


_JOIN = 'url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION'


# ---- the same graph from every composer --------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["join_0_2", "join_0_3", "join_0_5_apollo"])
def test_the_versions_of_join_say_the_same(name: str) -> None:
    supergraph = _load(name)
    printed = print_query_graph(QueryGraph(supergraph)).replace("2reviews", "2r").replace("Accounts", "A")

    assert printed == print_query_graph(QueryGraph(_load("join_0_5_apollo")))
    assert print_schema(supergraph.api_schema) == print_schema(_load("join_0_5_apollo").api_schema)


def test_a_composer_that_leaves_out_a_key_fields_mark_is_trusted() -> None:
    apollo, guild = _load("join_0_5_apollo"), _load("join_0_5_guild")

    assert apollo.types["User"].subgraphs["2r"].fields["login"].external
    assert not guild.types["User"].subgraphs["2r"].fields["login"].external
    assert print_query_graph(QueryGraph(guild)).replace("author{login}", "author { login }") == print_query_graph(
        QueryGraph(apollo)
    ).replace("login -> String! external", "login -> String!")


@pytest.mark.parametrize("name", ["labels_apollo", "labels_guild"])
def test_labels_interface_objects_and_demands_are_read_alike(name: str) -> None:
    types = _load(name).types
    item, media = types["Item"].subgraphs, types["Media"].subgraphs

    assert item["new"].fields["price"].override_label == "percent(5)"
    assert item["old"].fields["price"].overridden_by_label == "percent(5)"
    assert item["new"].fields["stock"].override_label == "beta"
    assert not item["old"].fields["stock"].overridden
    assert media["new"].interface_object
    assert [str(found) for found in types["Book"].fields["pages"].requirements] == [
        "@requiresScopes(scopes: [[a, b], [c]])"
    ]
    assert [str(found) for found in types["Book"].fields["rating"].requirements] == ["@authenticated"]
    assert "rating" not in types["Book"].subgraphs["old"].fields
    assert [item.name for item in types["Media"].fields["list"].directives] == ["listSize"]


@pytest.mark.parametrize("name", ["contexts_apollo", "contexts_guild"])
def test_contexts_are_read_alike(name: str) -> None:
    supergraph = _load(name)
    price = supergraph.types["Transaction"].subgraphs["tx"].fields["price"]

    assert supergraph.contexts == {"tx__u": {"User"}, "users__userContext": {"User"}}
    assert price.inputs == " $tx__u cur: prefs { currency } $tx__u l: locale"
    assert [argument.type.text for argument in price.contexts] == ["String", "String"]
    assert list(supergraph.types["Transaction"].fields["price"].arguments) == []


def test_descriptions_reach_clients() -> None:
    schema = _load("join_0_5_apollo").api_schema

    assert schema.type_map["User"].description == "Somebody."
    assert schema.query_type is not None
    assert schema.query_type.description == "A root of another name"


# ---- Federation 1 ---------------------------------------------------------------------------------------------------
def test_value_types_of_federation_1_are_in_every_subgraph_and_entities_where_they_have_keys() -> None:
    types = _load("federation_1").types

    assert {name: list(types[name].subgraphs) for name in ("Login", "Thing", "User", "Review")} == {
        "Login": ["Accounts", "2-reviews"],
        "Thing": ["Accounts", "2-reviews"],
        "User": ["Accounts", "2-reviews"],
        "Review": ["2-reviews"],
    }
    keys = types["User"].subgraphs["Accounts"].keys
    assert [key.fields.text for key in keys] == ["id", "login{name domain}"]


def test_federation_1_does_not_say_what_is_external_and_yet_provides_it() -> None:
    graph = QueryGraph(_load("federation_1"))

    assert [source.subgraph for source in graph.sources("User", "name")] == ["Accounts"]
    assert graph.types["User"].subgraphs["2-reviews"].fields["name"].external
    assert "mail" not in graph.types["User"].subgraphs["2-reviews"].fields


# ---- names -----------------------------------------------------------------------------------------------------------
def test_the_graphs_may_be_written_in_any_case() -> None:
    sdl = _head(_JOIN).replace("{ A @", '{ a_Graph @join__graph(name: "x-Y", url: "u") A @')
    query = load_supergraph(sdl + "type Query @join__type(graph: a_Graph) { a: Int }").types["Query"]

    assert list(query.subgraphs) == ["x-Y"]


def test_join_may_have_another_prefix_and_its_elements_other_names() -> None:
    supergraph = load_supergraph(
        """
        schema
          @link(url: "https://specs.apollo.dev/link/v1.0")
          @link(url: "https://specs.apollo.dev/join/v0.3", as: "j", for: EXECUTION, import: [
            { name: "@type", as: "@in" }, "@field", { name: "Graph", as: "Subgraphs" }, "FieldSet"
          ])
          @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "login", for: SECURITY)
          @link(url: "https://specs.apollo.dev/policy/v0.1", import: [{ name: "@policy", as: "@rule" }], for: SECURITY)
          @link(url: "https://specs.apollo.dev/cost/v0.1", as: "price", import: [{ name: "@cost", as: "@weight" }])
        { query: Query }
        directive @in(graph: Subgraphs!, key: FieldSet) repeatable on OBJECT
        scalar FieldSet
        enum Subgraphs { A @j__graph(name: "a", url: "u") B @j__graph(name: "b", url: "v") }
        type Query @in(graph: A) { item: Item @login }
        type Item @in(graph: A, key: "id") @in(graph: B, key: "id") {
          id: ID!
          x: Int @field(graph: B) @rule(policies: [["p"]]) @weight(weight: 1) @price__listSize(assumedSize: 1)
        }
        """
    )

    assert list(supergraph.types["Item"].subgraphs["a"].fields) == ["id"]
    assert list(supergraph.types["Item"].subgraphs["b"].fields) == ["id", "x"]
    assert [str(found) for found in supergraph.types["Query"].fields["item"].requirements] == ["@authenticated"]
    found = supergraph.types["Item"].fields["x"]
    assert [item.name for item in found.directives] == ["policy", "cost", "listSize"]
    assert sorted(supergraph.api_schema.type_map.keys() & {"FieldSet", "Subgraphs"}) == []


def test_somebody_elses_directive_may_have_a_specifications_name() -> None:
    sdl = _head(_JOIN, 'url: "https://example.com/policy/v1.0", import: ["@policy", "@cost"]')
    sdl += """
        directive @policy(number: Int) on FIELD_DEFINITION
        type Query @join__type(graph: A) { a: Int @policy(number: 3) @cost }
    """
    field = load_supergraph(sdl).types["Query"].fields["a"]

    assert (field.directives, field.requirements) == ((), frozenset())


def test_a_supergraph_may_have_no_links_at_all() -> None:
    supergraph = load_supergraph(
        """
        enum join__Graph { accounts @join__graph(name: "accounts", url: "a") shop @join__graph(name: "shop", url: "s") }
        type Query { me: User @join__field(graph: accounts) cart: Cart @join__field(graph: shop) }
        type User @join__type(graph: accounts, key: "id") @join__type(graph: shop, key: "id", resolvable: false) {
          id: ID!
          name: String @join__field(graph: accounts) @authenticated
        }
        type Cart @join__type(graph: shop) { owner: User total: Money @inaccessible }
        scalar Money
        """
    )

    graph = QueryGraph(supergraph)
    assert [source.subgraph for source in graph.sources("User", "name")] == ["accounts"]
    assert [source.subgraph for source in graph.sources("User", "id")] == ["accounts", "shop"]
    assert [graph.keys(name, "User") == () for name in ("accounts", "shop")] == [False, True]
    assert supergraph.guarded
    assert "total" not in print_schema(supergraph.api_schema)


def test_a_share_that_moves_leaves_the_old_owner_its_part() -> None:
    supergraph = load_supergraph(
        f"""
        schema {_LINK} @link({_JOIN}) {{ query: Query }}
        enum join__Graph {{ A @join__graph(name: "a", url: "a") B @join__graph(name: "b", url: "b") }}
        type Query @join__type(graph: A) @join__type(graph: B) {{
          x: Int @join__field(graph: A, usedOverridden: true, overrideLabel: "percent(1)")
            @join__field(graph: B, override: "a", overrideLabel: "percent(1)")
          y: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a")
          z: Int @join__field(graph: A) @join__field(graph: B, override: "gone", overrideLabel: "later")
        }}
        """
    )
    plain, moved = QueryGraph(supergraph), QueryGraph(supergraph, labels=frozenset({"percent(1)", "later"}))

    owners = [
        [source.subgraph for source in graph.sources("Query", name)] for graph in (plain, moved) for name in "xyz"
    ]
    assert owners == [["a"], ["b"], ["a"], ["b"], ["b"], ["a", "b"]]


def test_root_types_may_have_other_names() -> None:
    supergraph = load_supergraph(
        f"""
        schema {_LINK} @link({_JOIN}) {{ query: Root mutation: Change }}
        {_GRAPHS}
        type Root @join__type(graph: A) {{ a: Int }}
        type Change @join__type(graph: A) {{ b: Int }}
        type Mutation @join__type(graph: A) {{ c: Int }}
        """
    )

    assert supergraph.root_types == {OperationType.QUERY: "Root", OperationType.MUTATION: "Change"}
    assert QueryGraph(supergraph).query_type == "Root"


# ---- extensions ------------------------------------------------------------------------------------------------------
def test_extensions_are_part_of_what_they_extend() -> None:
    supergraph = load_supergraph(
        f"""
        extend schema {_LINK} @link({_JOIN})
        {_GRAPHS}
        type Query @join__type(graph: A) {{ a: Kind }}
        extend type Query {{ b: U @join__field(graph: A) }}
        extend type Mutation @join__type(graph: A) {{ c: In }}
        enum Kind @join__type(graph: A) {{ X }}
        extend enum Kind {{ Y }}
        union U @join__type(graph: A) = P
        extend union U = Q
        type P @join__type(graph: A) {{ p: Int }}
        type Q @join__type(graph: A) {{ q: Int }}
        interface I @join__type(graph: A) {{ p: Int }}
        extend type P implements I @join__implements(graph: A, interface: "I")
        scalar In
        extend scalar In @specifiedBy(url: "https://in.test")
        """
    )

    assert set(supergraph.root_types) == {OperationType.QUERY, OperationType.MUTATION}
    assert list(supergraph.types["Query"].fields) == ["a", "b"]
    assert supergraph.types["Kind"].enum_values == {"X": False, "Y": False}
    assert supergraph.types["U"].possible_types == {"P", "Q"}
    assert supergraph.types["I"].subgraphs["a"].members == {"P"}
    query = supergraph.api_schema.query_type
    assert isinstance(query, GraphQLObjectType)
    assert list(query.fields) == ["a", "b"]


# ---- directives of other people -------------------------------------------------------------------------------------
def test_what_composers_hand_through_is_kept_where_clients_may_use_it() -> None:
    sdl = _head(_JOIN, 'url: "https://example.com/hot/v1.0", import: ["@hot"]')
    sdl += """
        directive @hot(level: Int) on FIELD_DEFINITION | FIELD
        directive @trace(name: String = "x") on FIELD | QUERY
        directive @owner(team: String!) on FIELD_DEFINITION
        type Query @join__type(graph: A) { a: Int @hot(level: 2) @owner(team: "t") b: Int @hot }
    """
    schema = load_supergraph(sdl).api_schema

    assert {item.name for item in schema.directives} >= {"trace"}
    assert not {item.name for item in schema.directives} & {"hot", "owner", "link", "join__type"}


@pytest.mark.parametrize(
    "carried",
    [
        '@join__directive(graphs: [A], name: "federation__cacheTag", args: {format: "x"})',
        '@join__directive(graphs: [A], name: "cacheTag", args: {format: "x"})',
    ],
)
def test_hints_that_a_composer_carries_along_are_passed_over(carried: str) -> None:
    supergraph = load_supergraph(_head(_JOIN) + f"type Query @join__type(graph: A) {{ a: Int {carried} }}")
    assert list(supergraph.types["Query"].fields) == ["a"]


@pytest.mark.parametrize(
    ("sdl", "message"),
    [
        (
            _head('url: "https://specs.apollo.dev/join/v0.10", for: EXECUTION') + "type Query { a: Int }",
            "join/v0.10, which",
        ),
        (
            _head(_JOIN, 'url: "https://example.com/seal/v1.0", for: SECURITY, import: ["@seal"]')
            + "type Query @join__type(graph: A) { a: Int @seal }",
            r"https://example.com/seal/v1.0 \(seal\), which",
        ),
        (
            _head(_JOIN, 'url: "https://example.com/run/v1.0", for: EXECUTION') + "type Query { a: Int }",
            "https://example.com/run/v1.0, which",
        ),
        (
            _head(_JOIN)
            + 'type Query @join__type(graph: A) { a: Int @join__directive(graphs: [A], name: "connect", args: {}) }',
            "the directive @connect is not understood",
        ),
        (
            _head(_JOIN).replace(
                "{ query",
                '@join__directive(graphs: [A], name: "link", '
                'args: {url: "https://specs.apollo.dev/connect/v0.1", import: ["@connect"]}) { query',
            )
            + "type Query @join__type(graph: A) { a: Int }",
            "connect/v0.1",
        ),
        (
            _head(_JOIN) + "type Query @join__type(graph: A) { a: Int @requiresScopes(scopes: [[1]]) }",
            r"Query\.a: @requiresScopes needs scopes",
        ),
        (
            _head(_JOIN) + "type Query @join__type(graph: A) @policy { a: Int }",
            "Query: @policy needs policies",
        ),
        (_head(_JOIN) + "type Query { a: Int } type Query { b: Int }", "the type Query is defined more than once"),
        (_head(_JOIN) + "type Query { a: Int } extend union Query = A", "Query is extended as what it is not"),
        (
            _head(_JOIN).replace("{ A @", '{ B @join__graph(name: "a", url: "u") A @') + "type Query { a: Int }",
            "several subgraphs named a",
        ),
        (_head(_JOIN, 'url: "https://example.com/x/v1.0", import: [1]') + "type Query { a: Int }", "import that is no"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(sdl: str, message: str) -> None:
    with pytest.raises(SupergraphError, match=message):
        load_supergraph(sdl)


def test_demands_may_be_written_as_short_lists() -> None:
    sdl = _head(_JOIN) + 'type Query @join__type(graph: A) { a: Int @requiresScopes(scopes: ["x", ["y", "z"]]) }'
    [demand] = load_supergraph(sdl).types["Query"].fields["a"].requirements

    assert demand.any_of == (frozenset({"x"}), frozenset({"y", "z"}))
