"""Tests that share a started system run in one worker."""

from __future__ import annotations

import pytest

from tests.support.scheduling import group_of


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/system/test_journey.py::test_two_hundred_buyers_race[distributed]", "distributed"),
        ("tests/system/test_journey.py::test_two_hundred_buyers_race[embedded]", "embedded"),
        ("tests/system/test_journey.py::test_a_seat[distributed-1]", "distributed"),
        ("tests/system/test_roles.py::test_who_may_call_it[login]", "embedded"),
        ("tests/system/test_readme.py::TestAgainstTheStartedSystem::test_the_curl_command_works", "embedded"),
        ("tests/system/test_bad_input.py::test_hostile_values_are_refused_clearly[login]", "test_bad_input"),
        ("tests/system/test_life.py::test_a_busy_port_is_told_in_one_line", "test_life"),
    ],
)
def test_a_system_test_belongs_to_the_system_it_uses(nodeid: str, group: str) -> None:
    assert group_of(nodeid) == group


def test_another_test_is_a_group_of_its_own() -> None:
    nodeid = "tests/router/test_app.py::test_it_starts[distributed]"
    assert group_of(nodeid) == nodeid
