"""Words for what a rule of the schema depends on, where it is written as `if` … `then`."""

from typing import Any

from carrel.diagnostics import Path, dotted
from carrel.schema import hints
from carrel.schema.source import Node


def condition(root: Node, steps: list[str | int]) -> str:
    """What an error below `if` … `then` depends on, from where the schema was broken."""
    node: Any = root
    conditions: list[str] = []
    for step in steps:
        if step in ("then", "else") and "if" in node:
            conditions += _stated(node["if"], negated=step == "else")
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return f"while {' and '.join(conditions)}, " if conditions else ""


def _stated(node: Node, *, negated: bool, path: Path = ()) -> list[str]:
    verb = "is not" if negated else "is"
    if "const" in node:
        return [f"{dotted(path)} {verb} {hints.listed([node['const']])}"]
    if "enum" in node:
        return [f"{dotted(path)} {verb} {hints.listed(node['enum'])}"]
    below = node.get("properties", {}).items()
    return [text for k, n in below for text in _stated(n, negated=negated, path=(*path, k))]
