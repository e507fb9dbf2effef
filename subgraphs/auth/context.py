"""What auth's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

from subgraphs.auth.loaders import UserLoader, user_loader
from subgraphs.auth.service.mails import Mails
from subgraphs.auth.service.membership import Membership
from subgraphs.auth.service.people import People
from subgraphs.auth.service.profiles import Profiles
from subgraphs.auth.service.recovery import Recovery
from subgraphs.auth.service.registration import Registration
from subgraphs.auth.service.sessions import Sessions
from subgraphs.auth.service.signing_keys import SigningKeys
from subgraphs.common.context import BaseContext, Caller
from subgraphs.common.database import Database
from subgraphs.common.outbox import Outbox


@dataclass(frozen=True, slots=True)
class AuthServices:
    """Everything that auth can do, wired up once a process."""

    database: Database
    sessions: Sessions
    registration: Registration
    profiles: Profiles
    recovery: Recovery
    membership: Membership
    people: People
    keys: SigningKeys
    outbox: Outbox
    mails: Mails


@dataclass(slots=True)
class AuthContext(BaseContext):
    """A request's context."""

    services: AuthServices
    users: UserLoader

    @classmethod
    def of(cls, caller: Caller, services: AuthServices, *, long_lived: bool) -> AuthContext:
        """Build one; the loader of a long-lived context remembers nothing."""
        loader = user_loader(services.people, cache=not long_lived)
        return cls(caller=caller, long_lived=long_lived, services=services, users=loader)
