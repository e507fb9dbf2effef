"""From an operation to a query plan: pure functions, one stage a file."""

from router.planning.planner import Planner, plan_operation
from router.planning.print_plan import print_plan

__all__ = ["Planner", "plan_operation", "print_plan"]
