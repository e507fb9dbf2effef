"""From an operation to a query plan: pure functions, one stage a file."""

from router.planning.effort import PlanningBounds
from router.planning.planner import Planner, plan_operation
from router.planning.print_plan import print_plan
from router.planning.selections import SelectionLimits

__all__ = ["Planner", "PlanningBounds", "SelectionLimits", "plan_operation", "print_plan"]
