"""Progressive overrides: which labels are active for a request."""

from __future__ import annotations

import pytest

from router.execution.labels import OverrideLabels

_ALL = frozenset({"new-pricing", "beta", "percent(0)", "percent(25)", "percent(50.5)", "percent(100)"})


def _active(draw: float, *, given: frozenset[str] = frozenset(), key: str | None = None) -> set[str]:
    labels = OverrideLabels(frozenset({"beta", "elsewhere"}), draw=lambda: draw)
    return set(labels.among(_ALL, given=given, key=key))


def test_labels_are_active_by_setting_or_by_request() -> None:
    assert _active(0.9999) == {"beta", "percent(100)"}
    assert _active(0.9999, given=frozenset({"new-pricing"})) == {"beta", "new-pricing", "percent(100)"}


@pytest.mark.parametrize(
    ("draw", "percents"),
    [
        (0.0, {"percent(25)", "percent(50.5)", "percent(100)"}),
        (0.25, {"percent(50.5)", "percent(100)"}),
        (0.504, {"percent(50.5)", "percent(100)"}),
        (0.505, {"percent(100)"}),
    ],
)
def test_one_draw_decides_all_percentages(draw: float, percents: set[str]) -> None:
    assert _active(draw) - {"beta"} == percents


def test_a_key_draws_alike_every_time_and_keys_spread_evenly() -> None:
    never = OverrideLabels(draw=lambda: pytest.fail("a request with a key draws nothing"))
    share = frozenset({"percent(30)"})

    chosen = [bool(never.among(share, given=frozenset(), key=f"user-{number}")) for number in range(1000)]

    assert chosen == [bool(never.among(share, given=frozenset(), key=f"user-{number}")) for number in range(1000)]
    assert 250 < sum(chosen) < 350


def test_a_label_that_only_looks_like_a_share_is_a_name() -> None:
    labels = OverrideLabels(draw=lambda: 0.0)
    assert labels.among(frozenset({"percent(x)", "percent(5"}), given=frozenset(), key=None) == frozenset()
