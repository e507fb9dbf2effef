"""The codes of the corpus, with those that are out of reach, are all the codes that Apollo's composition has."""

from __future__ import annotations

import pytest

from tests.router.composition.peers.process import Peers
from tests.router.composition.test_codes_of_apollo import REACHED, UNREACHED

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("peers")]


def test_no_code_is_left_out(peers: Peers) -> None:
    assert peers.codes() == REACHED | set(UNREACHED)
