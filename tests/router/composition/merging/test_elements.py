"""Descriptions and directives of merged elements."""

from __future__ import annotations

from router.composition import compose
from tests.router.composition.corpus_cases import composed, printed, sources


def test_the_description_that_most_subgraphs_have_is_kept() -> None:
    sdl = composed(
        a='"""one""" type T @shareable { x: Int } type Query { a: T }',
        b='"""two""" type T @shareable { x: Int }',
        c='"""two""" type T @shareable { x: Int }',
    )

    assert '"""two"""\ntype T\n' in sdl


def test_of_equally_many_descriptions_the_first_is_kept_and_a_hint_given() -> None:
    result = compose(
        sources(
            a='type Query { "one" a: Int @shareable }',
            b='type Query { "two" a: Int @shareable }',
        )
    )

    assert '  """one"""\n  a: Int\n' in result.supergraph_sdl
    assert [hint.code for hint in result.hints] == ["INCONSISTENT_DESCRIPTION"]


def test_tags_are_united_and_hiding_is_contagious() -> None:
    sdl = composed(
        a='type Query { a: Int @shareable @tag(name: "x") b: Int }',
        b='type Query { a: Int @shareable @tag(name: "w") @tag(name: "x") @inaccessible }',
    )

    assert printed(sdl, "Query").split("\n")[4] == '  a: Int @tag(name: "w") @tag(name: "x") @inaccessible'


def test_the_first_deprecation_is_kept() -> None:
    sdl = composed(
        a='type Query { a: Int @shareable @deprecated(reason: "old") }',
        b='type Query { a: Int @shareable @deprecated(reason: "older") }',
    )

    assert printed(sdl, "Query").split("\n")[4] == '  a: Int @deprecated(reason: "old")'


def test_rights_of_several_subgraphs_are_all_needed() -> None:
    sdl = composed(
        a='type Query { a: Int @shareable @requiresScopes(scopes: [["x"], ["y"]]) }',
        b='type Query { a: Int @shareable @requiresScopes(scopes: [["z"]]) }',
    )

    assert printed(sdl, "Query").split("\n")[4] == '  a: Int @requiresScopes(scopes: [["x", "z"], ["y", "z"]])'


def test_an_alternative_that_asks_for_more_than_another_is_dropped() -> None:
    sdl = composed(
        a='type Query { a: Int @shareable @policy(policies: [["x"], ["y"]]) }',
        b='type Query { a: Int @shareable @policy(policies: [["x"]]) }',
    )

    assert printed(sdl, "Query").split("\n")[4] == '  a: Int @policy(policies: [["x"]])'


def test_the_highest_cost_and_the_longest_list_count() -> None:
    sdl = composed(
        a="type Query { a: [Int] @shareable @cost(weight: 3) @listSize(assumedSize: 5) }",
        b="""
        type Query {
          a: [Int] @shareable @cost(weight: 4) @listSize(assumedSize: 2, requireOneSlicingArgument: false)
        }
        """,
    )

    assert printed(sdl, "Query").split("\n")[4] == (
        "  a: [Int] @cost(weight: 4) @listSize(assumedSize: 5, requireOneSlicingArgument: false)"
    )


def test_a_specification_is_linked_and_defined_if_it_is_used() -> None:
    plain = composed(a="type Query { a: Int }")
    sdl = composed(a='type Query { a: Int @tag(name: "x") b: Int @policy(policies: [["p"]]) }')

    assert "@tag" not in plain
    assert '@link(url: "https://specs.apollo.dev/tag/v0.3")' in sdl
    assert '@link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)' in sdl
    assert "directive @policy(policies: [[policy__Policy!]!]!) on " in sdl
    assert "scalar policy__Policy" in sdl


def test_a_directive_that_asks_for_it_is_kept_with_its_specification() -> None:
    own = """
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@composeDirective", "@shareable"])
      @link(url: "https://example.test/mine/{version}", import: ["@mine"])
      @composeDirective(name: "@mine")
    directive @mine({arguments}) on FIELD_DEFINITION
    """
    sdl = composed(
        a=own.replace("{version}", "v1.0").replace("{arguments}", "a: Int")
        + "type Query { a: Int @shareable @mine(a: 1) }",
        b=own.replace("{version}", "v1.2").replace("{arguments}", "a: Int, b: Int")
        + "type Query { a: Int @shareable @mine(a: 1) }",
    )

    assert '@link(url: "https://example.test/mine/v1.2", import: ["@mine"])' in sdl
    assert "directive @mine(a: Int, b: Int) on FIELD_DEFINITION" in sdl
    assert printed(sdl, "Query").split("\n")[4] == "  a: Int @mine(a: 1)"


def test_a_directive_that_does_not_ask_for_it_is_dropped() -> None:
    sdl = composed(a="directive @mine on FIELD_DEFINITION type Query { a: Int @mine }")

    assert "@mine" not in sdl


def test_of_an_executable_directive_the_common_part_is_kept() -> None:
    sdl = composed(
        a="directive @client(a: Int, b: Int) on FIELD | QUERY type Query { a: Int }",
        b="directive @client(a: Int) on FIELD type Query { b: Int }",
    )

    assert "directive @client(a: Int) on FIELD\n" in sdl


def test_an_executable_directive_that_one_subgraph_lacks_is_dropped() -> None:
    sdl = composed(a="directive @client on FIELD type Query { a: Int }", b="type Query { b: Int }")

    assert "@client" not in sdl
