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
        command_module = import_module(module)
        one.command(name=cmd_name, epilog=_epilog(command_module.EXAMPLES))(command_module.run)
        command = typer.main.get_command(one)
        command.name = cmd_name
        return command


def _epilog(examples: Sequence[str]) -> str:
    """Write examples below a help text; an empty line is what rich leaves a line's end for."""
    return "\n\n".join(["[bold]Examples[/]", *(f"[dim]$[/] {escape(example)}" for example in examples)])


app = typer.Typer(
    cls=LazyGroup, add_completion=False, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)


@app.callback()
def router() -> None:
    """A GraphQL Federation 2 router: serve a supergraph, explain its plans, compose it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, the process's own without arguments; ends the process.

    What the router refuses is a line on the standard error, and where there is more to know a line for each detail,
    without a trace.
    """
    try:
        app(args=arguments)
    except RouterError as error:
        fail(str(error), error.details)
    sys.exit(0)


def fail(message: str, details: Sequence[str] = ()) -> NoReturn:
    """End with an error message, as what was asked for is refused; details follow, a line each."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"[bold red]error:[/] {escape(message)}")
    for detail in details:
        console.print(f"  {escape(detail)}")
    sys.exit(1)
