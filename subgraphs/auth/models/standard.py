"""Auth's copies of the tables that every subgraph has."""

from __future__ import annotations

from subgraphs.auth.models.base import Base
from subgraphs.common.models import AuditEntryMixin, OutboxMessageMixin


class OutboxMessage(OutboxMessageMixin, Base):
    """See the mixin."""


class AuditEntry(AuditEntryMixin, Base):
    """See the mixin. Its details hold no personal data: rows stay when a person leaves."""
