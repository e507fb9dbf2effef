"""Stage 6, the fetch graph: requests with what each depends on, merged as far as no answer comes later for it.

Requests for the first response and for what is deferred are never merged: neither waits for the other's fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from graphql.language import OperationType

from router.planning.fetch_tree import Group

__all__ = ["build_fetch_graph", "depth_of"]


def build_fetch_graph(groups: Sequence[Group]) -> list[Group]:
    """Order mutations, merge requests to one subgraph, and sort: each group comes after those that it needs."""
    graph = _Graph(groups)
    graph.order_mutations()
    graph.merge_same_level()
    graph.merge_across_levels()
    graph.reduce()
    return graph.sorted()


def depth_of(groups: Iterable[Group]) -> int:
    """Count the requests that follow each other, at most."""
    return max((group.level for group in groups), default=0)


class _Graph:
    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = list(groups)
        self._place = {group: index for index, group in enumerate(groups)}

    def sorted(self) -> list[Group]:
        self._level()
        return sorted(self._groups, key=lambda group: (group.level, self._place[group]))

    def _level(self) -> None:
        """Set every group's level from what it needs, without recursion."""
        users = self._users()
        missing = {group: len(group.needs) for group in self._groups}
        ready = [group for group in self._groups if not group.needs]
        for group in ready:
            group.level = 1
        while ready:
            group = ready.pop()
            for user in users[group]:
                missing[user] -= 1
                user.level = max(user.level if missing[user] + 1 < len(user.needs) else 0, group.level + 1)
                if missing[user] == 0:
                    ready.append(user)

    def _users(self) -> dict[Group, list[Group]]:
        users: dict[Group, list[Group]] = {group: [] for group in self._groups}
        for group in self._groups:
            for need in group.needs:
                users[need].append(group)
        return users

    def _after(self, start: Iterable[Group], users: dict[Group, list[Group]]) -> set[Group]:
        found = set(start)
        waiting = list(found)
        while waiting:
            for user in users[waiting.pop()]:
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    # ---- mutations ----------------------------------------------------------------------------------------------
    def order_mutations(self) -> None:
        """A serial request waits for the one before and for all that follows from that (rule 11)."""
        serial = sorted(
            (group for group in self._groups if group.operation is OperationType.MUTATION),
            key=lambda group: group.sequence,
        )
        for before, group in pairwise(serial):
            after = self._after([before], self._users())
            group.needs |= {item for item in after if not item.delivery}

    # ---- merging ------------------------------------------------------------------------------------------------
    def merge_same_level(self) -> None:
        """Groups of one level cannot need each other: entity requests to one subgraph become one (rule 7)."""
        self._level()
        first: dict[tuple[str, int, int], Group] = {}
        gone: dict[Group, Group] = {}
        for group in self._groups:
            if not group.mergeable:
                continue
            kept = first.setdefault((group.subgraph, group.level, group.delivery), group)
            if kept is not group:
                gone[group] = kept
        self._merge(gone)

    def merge_across_levels(self) -> None:
        """Merge a group into a later one to the same subgraph, where the whole gets no deeper by it."""
        merged = True
        while merged:
            merged = False
            self._level()
            users = self._users()
            latest = self._latest(users)
            for early, late in self._pairs():
                if latest[early] >= late.level and late not in self._after([early], users):
                    self._merge({early: late})
                    merged = True
                    break

    def _pairs(self) -> list[tuple[Group, Group]]:
        by_subgraph: dict[tuple[str, int], list[Group]] = {}
        for group in self._groups:
            if group.mergeable:
                by_subgraph.setdefault((group.subgraph, group.delivery), []).append(group)
        pairs = []
        for same in by_subgraph.values():
            same.sort(key=lambda group: (group.level, self._place[group]))
            pairs += [(early, late) for at, early in enumerate(same) for late in same[at + 1 :]]
        return pairs

    def _latest(self, users: dict[Group, list[Group]]) -> dict[Group, int]:
        """Say at which level a group may run at the latest without making the plan deeper."""
        depth = depth_of(self._groups)
        latest: dict[Group, int] = {}
        for group in sorted(self._groups, key=lambda item: -item.level):
            latest[group] = min((latest[user] - 1 for user in users[group]), default=depth)
        return latest

    def _merge(self, gone: Mapping[Group, Group]) -> None:
        """Merge each group that is to go into the one that stays in its place."""
        if not gone:
            return
        for group, kept in gone.items():
            kept.entries += group.entries
            kept.needs |= group.needs
            kept.serves |= group.serves
        self._groups = [group for group in self._groups if group not in gone]
        for group in self._groups:
            if not gone.keys().isdisjoint(group.needs):
                group.needs = {gone.get(need, need) for need in group.needs}

    def reduce(self) -> None:
        """Forget needs that follow from others."""
        users = self._users()
        after = {group: self._after([group], users) for group in self._groups}
        for group in self._groups:
            group.needs = {
                need
                for need in group.needs
                if not any(other is not need and other in after[need] for other in group.needs)
            }
