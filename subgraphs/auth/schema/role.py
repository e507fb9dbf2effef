"""The enum `Role`, made known to GraphQL before any type names it."""

from __future__ import annotations

import strawberry

from subgraphs.common.identity import Role

strawberry.enum(Role, description="What a person may do, lowest first.")

__all__ = ["Role"]
