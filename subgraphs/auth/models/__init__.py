"""Auth's tables."""

from subgraphs.auth.models.base import Base
from subgraphs.auth.models.mail_token import MailToken, MailTokenPurpose
from subgraphs.auth.models.session import RefreshToken, Session
from subgraphs.auth.models.signing_key import SigningKeyRow
from subgraphs.auth.models.standard import AuditEntry, OutboxMessage
from subgraphs.auth.models.throttle import ThrottleWindow
from subgraphs.auth.models.user import User

__all__ = [
    "AuditEntry",
    "Base",
    "MailToken",
    "MailTokenPurpose",
    "OutboxMessage",
    "RefreshToken",
    "Session",
    "SigningKeyRow",
    "ThrottleWindow",
    "User",
]
