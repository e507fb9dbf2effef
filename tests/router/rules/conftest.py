"""Lets the assertions of the harness say what differs."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.router.rules.federation")
