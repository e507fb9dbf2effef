"""The other composers, in one process for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.router.composition.peers.process import Peers, why_absent


@pytest.fixture(scope="session")
def peers() -> Iterator[Peers]:
    absent = why_absent()
    if absent is not None:
        pytest.skip(absent)
    with Peers() as found:
        yield found
