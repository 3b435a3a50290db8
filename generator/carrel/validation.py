"""The checks that need no program: reading, shape, meaning."""

from collections.abc import Sequence
from pathlib import Path

from carrel.diagnostics import Diagnostic, has_errors
from carrel.schema.bundle import Schema
from carrel.site import Site, load


def validate(root: Path, name: str, sets: Sequence[str], schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a site's files and values.

    A stage runs only when the one before found no error: it would find the same again, worse.

    Args:
        root: the project.
        name: the site.
        sets: assignments of `--set`.
        schema: what values may be.
    """
    site, found = load(root, name, sets, schema.defaults())
    if site is None or has_errors(found):
        return found
    return (*found, *check_values(site, schema))


def check_values(site: Site, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the values of a site: first their shape, then their meaning."""
    # A third of the time that `validate` takes, and `render` has Helm at work meanwhile.
    from carrel.rules import check as rules
    from carrel.schema import check as shape

    found = shape.check_layers(site.layers, site.resolved, schema)
    return found if has_errors(found) else (*found, *rules.check(site.resolved))
