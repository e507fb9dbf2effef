"""What composition says: errors that refuse a set of subgraphs, and hints about what was merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from router.composition.codes import ADVICE
from router.errors import RouterError


@dataclass(frozen=True, slots=True)
class CompositionError:
    """One reason why the subgraphs do not compose.

    Attributes:
        code: a code of the Federation specification, `INVALID_FIELD_SHARING` for example.
        message: one sentence or more; a satisfiability error's holds the failing operation on lines of its own.
        subgraphs: the names of the subgraphs at fault, sorted.
        coordinates: schema coordinates (`Type.field(argument:)`, `@directive`) at fault.
    """

    code: str
    message: str
    subgraphs: tuple[str, ...] = ()
    coordinates: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """What to do about it, in a sentence."""
        return ADVICE[self.code]

    def __str__(self) -> str:
        where = f" [{', '.join(self.subgraphs)}]" if self.subgraphs else ""
        what = f" {', '.join(self.coordinates)}:" if self.coordinates else ""
        return f"{self.code}{where}{what} {self.message}"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that composes, though perhaps not as meant."""

    code: str
    message: str
    subgraphs: tuple[str, ...] = ()
    coordinates: tuple[str, ...] = ()


class CompositionFailed(RouterError):
    """The subgraphs do not compose.

    Attributes:
        errors: every reason found; never empty.
    """

    def __init__(self, errors: Iterable[CompositionError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


class Report:
    """Collects what the stages of composition find; a stage that found errors ends the composition after it."""

    def __init__(self) -> None:
        self._errors: dict[CompositionError, None] = {}
        self._hints: dict[Hint, None] = {}

    def error(self, code: str, message: str, *, subgraphs: Iterable[str] = (), at: Iterable[str] | str = ()) -> None:
        """Note an error; the same one twice is noted once."""
        error = CompositionError(code, message, tuple(sorted(set(subgraphs))), _coordinates(at))
        self._errors.setdefault(error)

    def hint(self, code: str, message: str, *, subgraphs: Iterable[str] = (), at: Iterable[str] | str = ()) -> None:
        """Note a hint; the same one twice is noted once."""
        self._hints.setdefault(Hint(code, message, tuple(sorted(set(subgraphs))), _coordinates(at)))

    @property
    def errors(self) -> tuple[CompositionError, ...]:
        """The errors in the order in which they were found."""
        return tuple(self._errors)

    @property
    def hints(self) -> tuple[Hint, ...]:
        """The hints in the order in which they were found."""
        return tuple(self._hints)

    def stop_on_errors(self) -> None:
        """Raise `CompositionFailed` with every error found so far, if there is one."""
        if self._errors:
            raise CompositionFailed(self._errors)


def _coordinates(at: Iterable[str] | str) -> tuple[str, ...]:
    return (at,) if isinstance(at, str) else tuple(at)
