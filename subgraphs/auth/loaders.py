"""DataLoaders of the auth subgraph."""

from __future__ import annotations

from strawberry.dataloader import DataLoader

from subgraphs.auth.service.people import People
from subgraphs.auth.service.person import Person

UserLoader = DataLoader[str, Person | None]


def user_loader(people: People, *, cache: bool) -> UserLoader:
    """Make the loader of people by id: one statement however many are asked for at once."""

    async def load(ids: list[str]) -> list[Person | None]:
        return await people.many(ids)

    return DataLoader(load_fn=load, cache=cache)
