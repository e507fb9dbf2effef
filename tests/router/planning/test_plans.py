"""What plans say beside their requests: passing on, subscriptions, refusals, projections."""

from __future__ import annotations

import pytest
from graphql import parse

from router.errors import PlanningError
from router.planning import Planner, plan_operation
from router.planning.explain import STAGES, explain
from router.planning.plan import ALWAYS, KeySegment, LeafKind, OperationType, Wrapping
from router.planning.print_plan import print_projection
from router.supergraph import load_supergraph
from tests.router.planning.graphs import catalogued, supergraph_of

_HEAD = """
enum join__Graph { A @join__graph(name: "a", url: "a") B @join__graph(name: "b", url: "b") }
"""


@pytest.mark.parametrize(
    ("topic", "operation", "passed_on"),
    [
        ("keys", "{ product(id: 1) { id name } }", True),
        ("keys", "{ p: product(id: 1) { i: id __typename } }", True),
        ("keys", "query($v: Boolean!) { me { name @skip(if: $v) } }", True),
        ("keys", "{ me { name reviews { body } } }", False),
        ("keys", "{ __typename me { name } }", False),
        ("keys", "{ me { name } __schema { queryType { name } } }", False),
        ("keys", "query($v: Boolean!) { me @skip(if: $v) { name } }", False),
        ("abstract", "{ media { id title } }", True),
        ("abstract", "{ media { id ... on Book { pages } } }", False),
        ("hidden", "{ things { id } }", False),
        ("hidden", "{ colour }", False),
        ("mismatch", "{ accounts { ... on User { name } ... on Admin { name } } }", False),
        ("interface objects", "{ rated { stars } }", False),
    ],
)
def test_an_answer_is_passed_on_when_nothing_has_to_be_done_to_it(topic: str, operation: str, passed_on: bool) -> None:  # noqa: FBT001 - pytest's
    assert plan_operation(catalogued(topic), parse(operation)).passthrough is passed_on


def test_a_subscription_is_one_upstream_and_fetches_for_each_event() -> None:
    supergraph = supergraph_of(
        a="""type Query { q: Int } type Subscription { added: Item }
        type Item @key(fields: "id") { id: ID! }""",
        b='type Item @key(fields: "id") { id: ID! x: Int }',
    )
    plan = plan_operation(supergraph, parse("subscription { new: added { x __typename } }"))
    assert plan.operation is OperationType.SUBSCRIPTION
    assert [(step.operation.value, step.subgraph, step.document) for step in plan.steps] == [
        ("subscription", "a", "subscription { new: added { __typename id } }"),
        (
            "query",
            "b",
            "query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Item { x } } }",
        ),
    ]
    assert plan.steps[1].depends_on == (0,)
    assert plan.steps[1].batches[0].targets[0].path == (KeySegment("new"),)


def test_a_field_that_nobody_resolves_is_refused_before_anything_is_sent() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) { t: T @join__field(graph: A) }
        type T @join__type(graph: A) @join__type(graph: B) {
          a: Int @join__field(graph: A) b: Int @join__field(graph: B)
        }
        """
    )
    with pytest.raises(PlanningError) as caught:
        plan_operation(supergraph, parse("{ t { a b } }"))
    assert (caught.value.code, caught.value.message) == (
        "UNSATISFIABLE_OPERATION",
        "no subgraph can resolve T.b here",
    )
    assert caught.value.details == (
        "at t",
        "reached there: a",
        "a: has no T.b",
        "b: has T.b, but T has no resolvable key there",
    )


def test_an_interface_field_that_one_implementation_lacks_is_refused_and_its_fragment_is_not() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) { n: [N] @join__field(graph: A) }
        interface N @join__type(graph: A) { v: Int }
        type X implements N @join__implements(graph: A, interface: "N") @join__type(graph: A) { v: Int }
        type Y implements N @join__implements(graph: A, interface: "N") @join__type(graph: A) @join__type(graph: B) {
          v: Int @join__field(graph: A, external: true) @join__field(graph: B) w: Int @join__field(graph: A)
        }
        """
    )
    with pytest.raises(PlanningError, match=r"no subgraph can resolve Y\.v here"):
        plan_operation(supergraph, parse("{ n { v } }"))
    plan = plan_operation(supergraph, parse("{ n { ... on X { v } ... on Y { w } } }"))
    assert [step.document for step in plan.steps] == ["query { n { __typename ... on X { v } ... on Y { w } } }"]


def test_a_jump_into_a_key_that_is_not_resolvable_there_is_refused() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) { t: T @join__field(graph: A) }
        type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", resolvable: false) {
          id: ID! x: Int @join__field(graph: B)
        }
        """
    )
    with pytest.raises(PlanningError):
        plan_operation(supergraph, parse("{ t { x } }"))


def test_a_requirement_that_is_its_own_input_is_refused_and_does_not_run_for_ever() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) { t: T @join__field(graph: A) }
        type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
          id: ID!
          x: Int @join__field(graph: A, requires: "y") @join__field(graph: B, external: true)
          y: Int @join__field(graph: B, requires: "x") @join__field(graph: A, external: true)
        }
        """
    )
    with pytest.raises(PlanningError):
        plan_operation(supergraph, parse("{ t { x } }"))


def test_a_mutation_takes_the_subgraph_that_can_finish_it() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        schema { query: Query mutation: Mutation }
        type Query @join__type(graph: A) @join__type(graph: B) { q: Int @join__field(graph: A) }
        type Mutation @join__type(graph: A) @join__type(graph: B) { do: P }
        type P @join__type(graph: A) @join__type(graph: B) { x: V @join__field(graph: A) y: V }
        type V @join__type(graph: A) @join__type(graph: B) {
          a: Int @join__field(graph: A) b: Int @join__field(graph: B)
        }
        """
    )
    plan = plan_operation(supergraph, parse("mutation { do { y { b } } }"))
    assert [step.subgraph for step in plan.steps] == ["b"]
    plan = plan_operation(supergraph, parse("mutation { do { x { a } } }"))
    assert [step.subgraph for step in plan.steps] == ["a"]
    with pytest.raises(PlanningError):
        plan_operation(supergraph, parse("mutation { do { x { a } y { b } } }"))


def test_a_mutation_is_given_to_another_subgraph_where_the_first_choice_leads_nowhere() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        schema { query: Query mutation: Mutation }
        type Query @join__type(graph: A) @join__type(graph: B) { q: Int @join__field(graph: A) }
        type Mutation @join__type(graph: A) @join__type(graph: B) { do: P }
        type P @join__type(graph: A) @join__type(graph: B) { e: E }
        type E @join__type(graph: A) @join__type(graph: B, key: "id") {
          id: ID! @join__field(graph: B) far: F @join__field(graph: B)
        }
        type F @join__type(graph: A, key: "id") @join__type(graph: B) { id: ID! n: Int @join__field(graph: A) }
        """
    )
    plan = plan_operation(supergraph, parse("mutation { do { e { far { n } } } }"))
    assert [step.subgraph for step in plan.steps] == ["b", "a"]


def test_the_projection_says_what_the_client_sees() -> None:
    plan = plan_operation(
        catalogued("hidden"), parse("{ c: colour things { __typename id ... on Open { x: label doubled } } }")
    )
    assert print_projection(plan.projection).splitlines() == [
        "Query {",
        "  c: Colour",
        "  things: [Thing] Thing is Open {",
        "    __typename: String!",
        "    id: ID!",
        "    x: String",
        "    doubled: Int",
        "  }",
        "}",
    ]
    colour = plan.projection.fields[0]
    assert (colour.leaf, colour.enum_values) == (LeafKind.ENUM, frozenset({"RED"}))


def test_introspection_is_a_step_of_its_own() -> None:
    document = parse(
        'query($n: String = "User", $d: Boolean = true, $id: ID!) '
        "{ t: __type(name: $n) { ...F } user(id: $id) { name } } "
        "fragment F on __Type { fields(includeDeprecated: $d) { name } }"
    )
    plan = plan_operation(catalogued("keys"), document)
    assert plan.introspection is not None
    assert plan.introspection.variables == ("n", "d")
    assert plan.introspection.document.startswith(
        'query($n: String = "User", $d: Boolean = true) { t: __type(name: $n)'
    )
    assert plan.steps[0].variables == ("id",)
    assert [(item.response_key, item.wrapping) for item in plan.projection.fields] == [
        ("t", Wrapping(non_null=False)),
        ("user", Wrapping(non_null=False)),
    ]


def test_nothing_but_typename_needs_no_subgraph() -> None:
    plan = plan_operation(catalogued("keys"), parse("{ t: __typename }"))
    assert plan.steps == ()
    assert plan.projection.fields[0].constant == "Query"


def test_a_deep_selection_under_one_condition_has_it_once() -> None:
    plan = plan_operation(
        catalogued("keys"), parse("query($v: Boolean!) { ... @include(if: $v) { me { name email } } }")
    )
    assert plan.steps[0].document == "query($v: Boolean!) { me @include(if: $v) { name email } }"
    assert plan.steps[0].conditions != ALWAYS


def test_every_stage_has_a_text() -> None:
    document = parse("query($v: Boolean!) { product(id: 1) { id reviews @skip(if: $v) { author { name } } } }")
    texts = {stage: explain(catalogued("keys"), document, None, stage) for stage in STAGES}
    assert texts["normalized"].splitlines()[:4] == [
        "query {",
        "  product(id: 1) {",
        "    id",
        "    reviews if not $v {",
    ]
    assert "  enter by {id org { id }}" in texts["graph"].splitlines()
    assert texts["paths"].splitlines() == [
        "Query",
        "  product(id: 1) <- products, root",
        "    id <- products, here",
        "        1 deep, instead of reviews (+1 request, 2 deep)",
        "    reviews if not $v <- reviews, entity Product {id}",
        "      author <- reviews, here",
        "        name <- users, entity User {email}",
        "        [email] <- reviews, here",
        "            2 deep, instead of users (+1 request, 3 deep)",
    ]
    assert texts["fetches"].splitlines()[2] == "1 query reviews after 0 if not $v"
    assert texts["plan"].startswith("QueryPlan {\n  Sequence {\n")


def test_a_planner_is_used_again() -> None:
    planner = Planner(catalogued("requires"))
    document = parse("{ items { estimate mass } }")
    assert planner.plan(document) == planner.plan(document)


def test_an_interface_without_implementations_is_served_between_its_subgraphs() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) {
          rated: [Media] @join__field(graph: B) media: [Media] @join__field(graph: A)
        }
        interface Media @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {
          id: ID! title: String @join__field(graph: A) stars: Int @join__field(graph: B)
        }
        """
    )
    plan = plan_operation(supergraph, parse("{ rated { stars title } media { title stars } }"))
    assert [(step.subgraph, step.depends_on) for step in plan.steps] == [("b", ()), ("a", ()), ("b", (1,)), ("a", (0,))]
    assert plan.steps[1].document == "query { media { title id } }"


def test_an_interface_object_is_not_entered_where_its_key_is_not_resolvable() -> None:
    supergraph = load_supergraph(
        _HEAD
        + """
        type Query @join__type(graph: A) @join__type(graph: B) { rated: [Media] @join__field(graph: B) }
        interface Media @join__type(graph: A, key: "id", resolvable: false)
          @join__type(graph: B, key: "id", isInterfaceObject: true) {
          id: ID! title: String @join__field(graph: A) stars: Int @join__field(graph: B)
        }
        type X implements Media @join__implements(graph: A, interface: "Media")
          @join__type(graph: A, key: "id", resolvable: false) {
          id: ID! title: String @join__field(graph: A) stars: Int @join__field
        }
        """
    )
    assert len(plan_operation(supergraph, parse("{ rated { id stars } }")).steps) == 1
    for operation in ("{ rated { title } }", "{ rated { __typename } }", "{ rated { ... on X { title } } }"):
        with pytest.raises(PlanningError):
            plan_operation(supergraph, parse(operation))
