"""Making accounts: by people themselves, and by whoever operates the system."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.auth.errors import EmailTaken
from subgraphs.auth.models import User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.email_address import EmailAddress
from subgraphs.auth.service.guests import Guests
from subgraphs.auth.service.names import checked_name
from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.service.password_policy import acceptable_password
from subgraphs.auth.service.person import Person
from subgraphs.auth.service.session_issuer import OpenSession, SessionIssuer, SignedIn
from subgraphs.auth.service.throttle import Limits, Throttle
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import InvalidInput
from subgraphs.common.identity import Principal, Role
from subgraphs.common.ids import new_id


class Registration:
    """Makes accounts. Uniqueness of addresses is the database's to decide."""

    def __init__(
        self,
        database: Database,
        issuer: SessionIssuer,
        hasher: PasswordHasher,
        *,
        throttle: Throttle,
        limits: Limits,
        guests: Guests,
        clock: Clock,
    ) -> None:
        self._database = database
        self._issuer = issuer
        self._hasher = hasher
        self._throttle = throttle
        self._limits = limits
        self._guests = guests
        self._clock = clock

    async def register(
        self, email: str, password: str, name: str, *, guest: Principal | None, address: str
    ) -> SignedIn:
        """Make a customer and sign them in; what the guest who calls holds and booked becomes theirs.

        Raises:
            InvalidInput: a value is refused; `field` says which.
            EmailTaken: the address has an account.
            RateLimited: too many accounts from this address.
        """
        wanted, called, chosen = _checked(email, password, name)
        await self._throttle.take(self._limits.accounts(address))
        async with self._database.read() as session:
            if await UserRepository(session).by_email(wanted.key) is not None:
                raise EmailTaken
        user = self._customer(wanted, name=called, password_hash=await self._hasher.hash(chosen))
        opened, adopted = await self._store(user, guest=guest)
        if adopted:
            await self._guests.tell(user.id)
        return await self._issuer.sign(opened)

    async def _store(self, user: User, *, guest: Principal | None) -> tuple[OpenSession, bool]:
        async with self._database.write() as session:
            if not await UserRepository(session).add(user):
                raise EmailTaken
            adopted = await self._guests.adopt(session, guest, user)
            opened = await self._issuer.open(session, user)
            audit = AuditRepository(session, now=self._clock.now())
            audit.note("user.created", actor=user.id, subject=user.id, after=user.role)
            audit.note("session.opened", actor=user.id, subject=opened.session_id)
        return opened, adopted

    async def create_user(
        self, email: str, password: str, name: str, *, role: Role, cinema_ids: Sequence[str] = ()
    ) -> Person:
        """Make an account with a role, for whoever operates the system. Idempotent.

        Where the address has an account already, its role and cinemas become these; password and name stay.

        Raises:
            InvalidInput: a value is refused; `field` says which.
        """
        if role is Role.GUEST:
            raise InvalidInput("An account cannot have the role GUEST.", field=["role"])
        wanted, called, chosen = _checked(email, password, name)
        async with self._database.read() as session:
            known = await UserRepository(session).by_email(wanted.key)
        password_hash = None if known is not None else await self._hasher.hash(chosen)
        user = self._customer(wanted, name=called, password_hash=password_hash)
        user.role, user.cinema_ids = role.value, list(cinema_ids)
        async with self._database.write() as session:
            users = UserRepository(session)
            audit = AuditRepository(session, now=self._clock.now())
            if password_hash is not None and await users.add(user):
                audit.note("user.created", actor="system", subject=user.id, after=role.value)
                return Person.of(user)
            found = await users.by_email(wanted.key)
            if found is None:
                raise EmailTaken
            if (found.role, found.cinema_ids) != (role.value, user.cinema_ids):
                await users.set_role(found.id, role, cinema_ids)
                audit.note("role.granted", actor="system", subject=found.id, before=found.role, after=role.value)
            return Person(found.id, found.email, found.name, role, tuple(cinema_ids), found.created_at)

    def _customer(self, email: EmailAddress, *, name: str, password_hash: str | None) -> User:
        return User(
            id=new_id(),
            email=email.address,
            email_key=email.key,
            name=name,
            role=Role.CUSTOMER.value,
            cinema_ids=[],
            password_hash=password_hash,
            created_at=self._clock.now(),
        )


def _checked(email: str, password: str, name: str) -> tuple[EmailAddress, str, str]:
    wanted, called = EmailAddress.parse(email), checked_name(name)
    return wanted, called, acceptable_password(password, field=["password"], personal=[wanted.key, called])
