"""`python -m router`: serves, explains, composes and shows supergraphs."""

from __future__ import annotations

from router.commands.group import main

if __name__ == "__main__":
    main()
