"""What federation asks of one subgraph alone: a module per directive or two, all run by `validate_subgraph`."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.validation.contexts import check_contexts
from router.composition.validation.costs import check_costs
from router.composition.validation.externals import check_externals
from router.composition.validation.interface_objects import check_interface_objects
from router.composition.validation.keys import check_keys
from router.composition.validation.provides import check_provides
from router.composition.validation.requires import check_requires
from router.composition.validation.usage import check_usage

__all__ = ["validate_subgraph"]


def validate_subgraph(facts: SubgraphFacts, *, report: Report) -> None:
    """Report everything that is wrong in one subgraph; what is no valid GraphQL is not looked at any further."""
    problems = facts.subgraph.problems
    invalid = [problem for problem in problems if problem.code == "INVALID_GRAPHQL"]
    for problem in invalid or problems:
        report.error(problem.code, problem.message, subgraphs=[facts.name], at=problem.at or ())
    if invalid:
        return
    for check in (
        check_keys,
        check_provides,
        check_requires,
        check_externals,
        check_usage,
        check_contexts,
        check_interface_objects,
        check_costs,
    ):
        check(facts, report)
