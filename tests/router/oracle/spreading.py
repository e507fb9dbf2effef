"""Random subgraphs: a random graph spread over them, with the differences and marks that subgraphs have."""

from __future__ import annotations

import random

from tests.router.oracle.blueprint import draw_blueprint
from tests.router.oracle.drafts import print_type
from tests.router.oracle.inputs import Inputs

__all__ = ["random_subgraphs"]

_ENUM_AND_INPUT = "enum Colour { RED GREEN BLUE%s } input By { text: String n: Int = 4 colours: [Colour!] }"


def random_subgraphs(draw: random.Random) -> dict[str, str]:
    """Draw subgraphs: SDLs by name. Not all of them compose."""
    spread = _Spread(draw, draw_blueprint(draw))
    spread.run()
    return spread.printed()


class _Spread(Inputs):
    def run(self) -> None:
        self.place_masks()
        for kind in self.plan.of("entity"):
            self.place_entity(kind)
        for kind in self.plan.of("entity"):
            self.give_fields(kind)
        self.add_mask_fields()
        self.add_roots()
        self.complete()
        for _ in range(self.draw.randint(0, 4)):
            self.require()
        for _ in range(self.draw.randint(0, 3)):
            self.provide()
        for _ in range(self.draw.randint(0, 2)):
            self.override()
        self.complete()
        self._narrow_types()
        self._hide()
        self._share()

    # ---- differences and marks --------------------------------------------------------------------------------------
    def _narrow_types(self) -> None:
        """Let subgraphs differ in a field's nullability, or give an object where another gives a union."""
        for types in self.types.values():
            for own in types.values():
                for item in own.fields.values():
                    alone = sum(
                        own.name in other and item.name in other[own.name].fields for other in self.types.values()
                    )
                    if own.kind != "type" or own.interface_object or alone == 1 or item.type.endswith("!"):
                        continue
                    if self._is_external_somewhere(own.name, item.name):
                        continue
                    if self.some(0.15) and not item.external:
                        item.type += "!"
                    elif self.some(0.1) and item.type in {"U0", "I0"}:
                        members = [name for name in self.plan.concretes(item.type) if name in types]
                        item.type = self.draw.choice(members) if members and not item.extra else item.type

    def _is_external_somewhere(self, type_name: str, name: str) -> bool:
        found = [types[type_name].fields.get(name) for types in self.types.values() if type_name in types]
        return any(item is not None and item.external for item in found)

    def _hide(self) -> None:
        if not self.some(0.3):
            return
        places = [
            (own, item)
            for types in self.types.values()
            for own in types.values()
            for item in own.fields.values()
            if own.kind == "type" and own.name != "Query" and not own.interfaces and not item.external
        ]
        _, chosen = self.draw.choice(places) if places else (None, None)
        if chosen is not None and "@inaccessible" not in chosen.extra:
            chosen.extra.append("@inaccessible")
        concrete = [name for kind in self.plan.of("union", "interface") for name in self.plan.concretes(kind.name)]
        if concrete and self.some(0.3):
            name = self.draw.choice(concrete)
            for types in self.types.values():
                if name in types:
                    types[name].extra.append("@inaccessible")

    def _share(self) -> None:
        counts: dict[tuple[str, str], int] = {}
        for types in self.types.values():
            for own in types.values():
                for item in own.fields.values():
                    counts[own.name, item.name] = counts.get((own.name, item.name), 0) + (not item.external)
        for types in self.types.values():
            for own in types.values():
                for item in own.fields.values():
                    overridden = any("@override" in extra for extra in item.extra)
                    shared = counts[own.name, item.name] > 1 or self._is_external_somewhere(own.name, item.name)
                    if own.kind == "type" and shared and not item.external and not overridden:
                        item.extra.append("@shareable")

    # ---- text -------------------------------------------------------------------------------------------------------
    def printed(self) -> dict[str, str]:
        """Write the SDLs."""
        enum = _ENUM_AND_INPUT % (" @inaccessible" if self.hide_enum else "")
        return {
            subgraph: "\n".join([*(print_type(own) for own in types.values() if own.fields or own.members), enum])
            for subgraph, types in self.types.items()
        }
