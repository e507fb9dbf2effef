"""Whether every operation that the API schema allows can be answered by the subgraphs."""

from __future__ import annotations

from router.composition.satisfiability.check import check_satisfiability

__all__ = ["check_satisfiability"]
