"""Supergraph SDL becomes a frozen model; what is not understood is refused by name."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType, print_schema
from graphql.language import OperationType

from router.errors import SupergraphError
from router.supergraph import Subgraph, load_supergraph

HEAD = """
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
  @link(url: "https://specs.apollo.dev/tag/v0.3")
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
  @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)
  @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", { name: "@listSize", as: "@size" }])
{ query: Query }
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @inaccessible on FIELD_DEFINITION | OBJECT | ENUM_VALUE | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
directive @own on FIELD
scalar join__FieldSet
scalar link__Import
scalar requiresScopes__Scope
enum join__Graph { A @join__graph(name: "a-graph", url: "http://a") B @join__graph(name: "b", url: "http://b") }
"""

BODY = """
type Query @join__type(graph: A) @join__type(graph: B) {
  item(id: ID, secret: Int @inaccessible): Item @join__field(graph: A)
  hidden: Hidden @join__field(graph: B) @inaccessible
  things: [[Thing!]]! @join__field(graph: B) @cost(weight: 3) @size(assumedSize: 10)
}
interface Thing @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {
  id: ID!
  rating: Int @join__field(graph: B)
}
type Item implements Thing @join__implements(graph: A, interface: "Thing")
  @join__type(graph: A, key: "id") @join__type(graph: A, key: "code", resolvable: false) {
  id: ID! @join__field(graph: A)
  code: ID! @join__field(graph: A) @deprecated(reason: "old") @tag(name: "x")
  rating: Int @join__field
  moved: Int @join__field(graph: A, override: "b")
}
type Hidden @join__type(graph: B) @inaccessible { x: Int }
type Value @join__type(graph: A) @join__type(graph: B) {
  both: Int
  mine: Other @join__field(graph: A, type: "Item!") @join__field(graph: B, external: true)
  calc: Int @join__field(graph: B, requires: "mine { id }") @authenticated @requiresScopes(scopes: [["s"]])
  lost: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a-graph")
}
union Other @join__type(graph: A) @join__type(graph: B)
  @join__unionMember(graph: A, member: "Item") @join__unionMember(graph: B, member: "Value") = Item | Value
enum Colour @join__type(graph: A) { RED @join__enumValue(graph: A) BLUE @join__enumValue(graph: A) @inaccessible }
input By @join__type(graph: A) { id: ID secret: Int @inaccessible }
"""


def test_subgraphs_have_their_own_names_and_addresses() -> None:
    supergraph = load_supergraph(HEAD + BODY)
    assert dict(supergraph.subgraphs) == {
        "a-graph": Subgraph("a-graph", "http://a", "A"),
        "b": Subgraph("b", "http://b", "B"),
    }
    assert supergraph.root_types == {OperationType.QUERY: "Query"}


def test_the_api_schema_has_no_machinery_and_nothing_hidden() -> None:
    printed = print_schema(load_supergraph(HEAD + BODY).api_schema)
    assert "join__" not in printed
    assert "link__" not in printed
    assert "requiresScopes" not in printed
    assert "secret" not in printed
    assert "Hidden" not in printed
    assert "BLUE" not in printed
    assert "directive @own on FIELD" in printed
    assert '@deprecated(reason: "old")' in printed
    assert "item(id: ID): Item" in printed


def test_the_version_follows_the_text() -> None:
    first = load_supergraph(HEAD + BODY)
    assert first.version == load_supergraph(HEAD + BODY).version
    assert first.version != load_supergraph(HEAD + BODY + "\n").version


def test_a_field_without_a_join_is_in_every_subgraph_of_its_type() -> None:
    value = load_supergraph(HEAD + BODY).types["Value"]
    assert [name for name, own in value.subgraphs.items() if "both" in own.fields] == ["a-graph", "b"]


def test_a_join_without_a_graph_is_in_none() -> None:
    item = load_supergraph(HEAD + BODY).types["Item"]
    assert "rating" in item.fields
    assert all("rating" not in own.fields for own in item.subgraphs.values())


def test_a_subgraphs_own_type_externality_and_requirement_are_kept() -> None:
    value = load_supergraph(HEAD + BODY).types["Value"].subgraphs
    assert value["a-graph"].fields["mine"].type.text == "Item!"
    assert value["b"].fields["mine"].type.text == "Other"
    assert value["b"].fields["mine"].external
    requires = value["b"].fields["calc"].requires
    assert requires is not None
    assert requires.text == "mine { id }"


def test_an_override_takes_the_field_whichever_way_the_old_owner_is_named() -> None:
    types = load_supergraph(HEAD + BODY).types
    assert types["Value"].subgraphs["a-graph"].fields["lost"].overridden
    assert not types["Value"].subgraphs["b"].fields["lost"].overridden
    assert not types["Item"].subgraphs["a-graph"].fields["moved"].overridden


def test_keys_interface_objects_and_members_are_kept_by_subgraph() -> None:
    types = load_supergraph(HEAD + BODY).types
    keys = types["Item"].subgraphs["a-graph"].keys
    assert [(key.fields.text, key.resolvable) for key in keys] == [("id", True), ("code", False)]
    assert types["Thing"].subgraphs["b"].interface_object
    assert types["Thing"].subgraphs["a-graph"].members == {"Item"}
    assert types["Other"].subgraphs["b"].members == {"Value"}
    assert types["Other"].possible_types == {"Item", "Value"}


def test_hidden_elements_stay_in_the_full_supergraph() -> None:
    types = load_supergraph(HEAD + BODY).types
    assert types["Hidden"].hidden
    assert types["Query"].fields["item"].arguments["secret"].hidden
    assert types["Colour"].enum_values == {"RED": False, "BLUE": True}


def test_security_and_cost_are_read_under_their_own_names() -> None:
    types = load_supergraph(HEAD + BODY).types
    assert [(item.name, dict(item.arguments)) for item in types["Value"].fields["calc"].directives] == [
        ("authenticated", {}),
        ("requiresScopes", {"scopes": [["s"]]}),
    ]
    assert [item.name for item in types["Query"].fields["things"].directives] == ["cost", "listSize"]


def test_list_depth_is_counted() -> None:
    things = load_supergraph(HEAD + BODY).types["Query"].fields["things"].type
    assert (things.named, things.list_depth, things.shape) == ("Thing", 2, "[[_!]]!")


@pytest.mark.parametrize(
    ("sdl", "message"),
    [
        ("type Query {", "cannot be parsed"),
        ("type Query { a: Int }", "no enum join__Graph"),
        (HEAD + "type Query @join__type(graph: C) { a: Int }", "there is no graph C"),
        (HEAD + "type Query @join__type(graph: A) { a: Int @magic }", "the directive @magic is not understood"),
        (HEAD + "type Query @join__type(graph: A) { a: Int @join__magic }", "@join__magic is not understood"),
        (
            HEAD.replace("tag/v0.3", "connect/v0.2") + "type Query @join__type(graph: A) { a: Int }",
            "the specification https://specs.apollo.dev/connect/v0.2",
        ),
        (
            HEAD.replace("join/v0.5", "join/v0.9") + "type Query @join__type(graph: A) { a: Int }",
            "the specification https://specs.apollo.dev/join/v0.9",
        ),
        (
            HEAD
            + 'type Query @join__type(graph: A) { a: Int @join__field(graph: A, contextArguments: [{name: "x"}]) }',
            r"Query\.a: contextArguments need name, type, context and selection",
        ),
        (HEAD + 'type Query @join__type(graph: A, key: "{") { a: Int }', "the field set"),
        (HEAD + "type Query @join__type(graph: A) { a: Missing }", "no valid API schema"),
    ],
)
def test_what_cannot_be_served_is_refused_with_its_name(sdl: str, message: str) -> None:
    with pytest.raises(SupergraphError, match=message):
        load_supergraph(sdl)


def test_optional_specifications_are_passed_over() -> None:
    sdl = HEAD.replace(
        '@link(url: "https://specs.apollo.dev/tag/v0.3")',
        '@link(url: "https://example.com/notes/v1.0", import: ["@note"])',
    )
    sdl += "directive @note on FIELD_DEFINITION\ntype Query @join__type(graph: A) { a: Int @note b: Int @notes__x }"
    assert list(load_supergraph(sdl).types["Query"].fields) == ["a", "b"]


def test_directives_may_be_imported_under_other_names() -> None:
    sdl = HEAD.replace(
        '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)',
        '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", as: "private", for: SECURITY)',
    ).replace("directive @inaccessible", "directive @private")
    sdl += "type Query @join__type(graph: A) { a: Int b: Int @private }"
    query = load_supergraph(sdl).api_schema.query_type
    assert isinstance(query, GraphQLObjectType)
    assert list(query.fields) == ["a"]


def test_federation_1_supergraphs_are_read() -> None:
    supergraph = load_supergraph(
        """
        schema @core(feature: "https://specs.apollo.dev/core/v0.2")
          @core(feature: "https://specs.apollo.dev/join/v0.1", for: EXECUTION) { query: Query }
        directive @core(feature: String!, as: String, for: core__Purpose) repeatable on SCHEMA
        enum core__Purpose { EXECUTION SECURITY }
        scalar join__FieldSet
        enum join__Graph { USERS @join__graph(name: "users", url: "u") POSTS @join__graph(name: "posts", url: "p") }
        type Query { me: User @join__field(graph: USERS) }
        type User @join__owner(graph: USERS) @join__type(graph: USERS, key: "id") @join__type(graph: POSTS, key: "id") {
          id: ID! @join__field(graph: USERS)
          name: String @join__field(graph: USERS)
          posts: [Post] @join__field(graph: POSTS)
        }
        type Post { title: String }
        """
    )
    user = supergraph.types["User"].subgraphs
    assert {name: sorted(own.fields) for name, own in user.items()} == {
        "users": ["id", "name"],
        "posts": ["id", "posts"],
    }
    assert sorted(supergraph.types["Post"].subgraphs) == ["posts", "users"]
    assert sorted(supergraph.api_schema.type_map.keys() & {"core__Purpose", "join__Graph", "Post"}) == ["Post"]
