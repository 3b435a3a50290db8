"""Every declared value is read by something, and every value that is read is declared."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from carrel.build.annotations import entry, is_block
from carrel.build.template_reads import Read, TemplateFault, reads
from carrel.build.template_values import EACH
from carrel.diagnostics import Diagnostic, Severity, Span, ordered
from carrel.schema.bundle import Schema
from carrel.schema.source import Node, source_of

Leaf = tuple[tuple[str, ...], Node]


def check_consumers(root: FilePath, schema: Schema) -> tuple[Diagnostic, ...]:
    """Values that nothing reads, and reads of values that do not exist.

    Args:
        root: the project, with chart/templates and generator/carrel.
        schema: what is declared. A leaf with `x-consumer: generator` is read by the generator
            only: its key must then be a string somewhere in the generator's code.
    """
    folder = root / "chart" / "templates"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    templates = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}
    try:
        found = reads(templates)
    except TemplateFault as fault:
        span = Span(fault.file, fault.line, 1)
        return (Diagnostic("E155", Severity.ERROR, fault.message, span),)
    words = _words(root / "generator" / "carrel")
    return ordered([*_undeclared(found, schema), *_unread(found, schema, words)])


def _undeclared(found: Iterable[Read], schema: Schema) -> Iterator[Diagnostic]:
    for read in found:
        if not _declared(schema, schema.root, read.path):
            message = "this value is not in generator/schema"
            span = Span(read.file, read.line, 1)
            yield Diagnostic("E154", Severity.ERROR, message, span, _shown(read.path))


def _declared(schema: Schema, node: Node, path: tuple[str, ...]) -> bool:
    """Whether a path leads somewhere: `EACH` to all keys of a block, or to a map's entries."""
    if not path:
        return True
    node = schema.effective(node)
    if path[0] in node.get("x-omit", ()):
        # A helper that every block of a kind goes through asks for what this one leaves out.
        return True
    if path[0] == EACH and "items" in node:
        below: Node | None = node["items"]
    elif path[0] == EACH and is_block(node):
        return all(_declared(schema, each, path[1:]) for each in node["properties"].values())
    else:
        below = schema.below(node, path[0])
    return below is not None and _declared(schema, below, path[1:])


def _unread(found: Iterable[Read], schema: Schema, words: frozenset[str]) -> Iterator[Diagnostic]:
    paths = [(read.path, read.whole) for read in found]
    for leaf, node in _leaves(schema.root, ()):
        if "x-consumer" in node:
            if leaf[-1] in words:
                continue
            message = f"x-consumer names the {node['x-consumer']}, where nothing reads it"
        elif any(_covers(path, leaf, whole=whole) for path, whole in paths):
            continue
        else:
            message = "no template reads this value"
        yield Diagnostic("E153", Severity.ERROR, message, source_of(node), _shown(leaf))


def _shown(path: tuple[str, ...]) -> str:
    return ".".join("<name>" if step == EACH else step for step in path)


def _leaves(node: Node, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Values that are read as a whole, those in the entries of maps and lists included."""
    below = entry(node) if "x-kubernetes" not in node else None
    items = node.get("items")
    if (is_block(node) and path[-1:] != (EACH,)) or _is_record(node):
        for name, each in node["properties"].items():
            yield from _leaves(each, (*path, name))
    elif below is not None and _is_record(below):
        yield from _leaves(below, (*path, EACH))
    elif isinstance(items, dict) and _is_record(items):
        yield from _leaves(items, (*path, EACH))
    else:
        yield path, node


def _is_record(node: Node) -> bool:
    """Whether a node is an object whose keys are read one by one."""
    return is_block(node) and "x-kubernetes" not in node and node["additionalProperties"] is False


def _covers(read: tuple[str, ...], leaf: tuple[str, ...], *, whole: bool) -> bool:
    """Whether a read uses a leaf: the leaf itself, all of what holds it, or a part of it."""
    if len(read) < len(leaf) and not whole:
        return False
    return all(one == other or EACH in (one, other) for one, other in zip(read, leaf, strict=False))


def _words(package: FilePath) -> frozenset[str]:
    """The strings in the generator's code, but for the code that treats all values alike."""
    words: set[str] = set()
    for file in sorted(package.rglob("*.py")):
        if file.relative_to(package).parts[0] in ("build", "schema"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
    return frozenset(words)
