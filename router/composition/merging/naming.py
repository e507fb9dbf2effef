"""Federation's directives have one name in the supergraph, so that all subgraphs have to import them by the same."""

from __future__ import annotations

from collections.abc import Sequence

from router.composition.errors import Report
from router.composition.federation_spec import COMPOSED, SPECS, SPECS_SINCE
from router.composition.model import Subgraph


def check_names_of_imports(subgraphs: Sequence[Subgraph], report: Report) -> None:
    """Report LINK_IMPORT_NAME_MISMATCH for each directive that is applied under several names."""
    for directive in COMPOSED:
        names = {one.name: one.directive_names[directive] for one in subgraphs if directive in one.directive_names}
        if len(set(names.values())) > 1:
            told = ", ".join(f"@{name} in {subgraph}" for subgraph, name in names.items())
            message = f"@{directive} is imported under different names: {told}."
            report.error("LINK_IMPORT_NAME_MISMATCH", message, subgraphs=names, at=f"@{directive}")
    for one in subgraphs:
        for link in one.links.links:
            since = SPECS_SINCE.get(link.name, 0) if link.identity == SPECS + link.name else 0
            if one.links.federation is not None and one.version[1] < since:
                message = f"{link.url} belongs to federation 2.{since}, and the subgraph links 2.{one.version[1]}."
                report.hint("IMPLICITLY_UPGRADED_FEDERATION_VERSION", message, subgraphs=[one.name], at="@link")
                break
