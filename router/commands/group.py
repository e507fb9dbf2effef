"""The group of commands, and how each ends: 0 for done, 1 for refused, 2 for a wrong use of the command line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import typer
import typer.core
from rich.console import Console
from rich.markup import escape

from router.errors import RouterError

# Each command brings in other parts of the router; what is not asked for is not imported.
_MODULES: Mapping[str, str] = {
    "serve": "router.commands.serve",
    "plan": "router.commands.plan",
    "compose": "router.commands.compose",
    "schema": "router.commands.schema",
}


class LazyGroup(typer.core.TyperGroup):
    """Finds its commands by name, in modules of their own."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class gives it
        """Give the names of the commands, in the order of the help text."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the base class gives it
        """Give a command, None for an unknown name."""
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode="rich")
        one.command(name=cmd_name)(import_module(module).run)
        command = typer.main.get_command(one)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup, add_completion=False, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)


@app.callback()
def router() -> None:
    """A GraphQL Federation 2 router: serve a supergraph, explain its plans, compose it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, the process's own without arguments; ends the process.

    What the router refuses is one line on the standard error, without a trace.
    """
    try:
        app(args=arguments)
    except RouterError as error:
        fail(str(error))
    sys.exit(0)


def fail(message: str) -> NoReturn:
    """End with an error message, as what was asked for is refused."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold red]error:[/] {escape(message)}")
    sys.exit(1)
