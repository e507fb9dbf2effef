"""Runs `eventio …` in a process that dies at chosen lines, and, for positive controls, without one of its guards.

`CHAOS_DEATHS` is how likely the process ends (`os._exit`, nothing is flushed or closed) at each point: before and after
a commit, a publish, a call to another service, a call to the payment provider. `CHAOS_WITHOUT` names a guard to leave
out. Nothing of this is in the product: it is put over it from outside.
"""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any

from chaos.guards import GUARDS

_EXIT_CODE = 86
_random = random.SystemRandom()


def maybe_die(chance: float) -> None:
    """End this process here and now, once in so many times."""
    if _random.random() < chance:
        os._exit(_EXIT_CODE)


def dying(method: Callable[..., Awaitable[Any]], chance: float) -> Callable[..., Awaitable[Any]]:
    """Give a method before and after which the process may end."""

    @functools.wraps(method)
    async def around(*arguments: Any, **named: Any) -> Any:
        maybe_die(chance)
        answer = await method(*arguments, **named)
        maybe_die(chance)
        return answer

    return around


def arm(chance: float) -> None:
    """Put the points of death over the product."""
    from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415 - only in the process that is to die

    from subgraphs.booking.payments.sandbox.provider import SandboxProvider  # noqa: PLC0415
    from subgraphs.common.bus import NatsBus  # noqa: PLC0415
    from subgraphs.common.service_client import ServiceClient  # noqa: PLC0415

    for owner, names in (
        (AsyncSession, ("commit",)),
        (NatsBus, ("publish",)),
        (ServiceClient, ("call",)),
        (SandboxProvider, ("authorize", "capture", "void", "refund", "look_up")),
    ):
        for name in names:
            setattr(owner, name, dying(getattr(owner, name), chance))


def main() -> None:
    """Arm this process and run the command line."""
    without = os.environ.get("CHAOS_WITHOUT", "")
    if without:
        GUARDS[without].remove()
    chance = float(os.environ.get("CHAOS_DEATHS", "0"))
    if chance:
        arm(chance)
    from eventio.__main__ import main as run  # noqa: PLC0415 - after arming

    run()


if __name__ == "__main__":
    main()
