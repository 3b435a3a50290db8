"""Every declared value is read by something, and every value that is read is declared."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from carrel.build.annotations import entry, is_block
from carrel.build.template_reads import Read, TemplateFault, reads
from carrel.build.template_values import EACH
from carrel.diagnostics import Diagnostic, Path, Severity, Span, ordered
from carrel.schema.bundle import Schema
from carrel.schema.source import Node, source_of

Leaf = tuple[tuple[str, ...], Node]


@dataclass(frozen=True, slots=True, order=True)
class Consumer:
    """A file that uses a value.

    Attributes:
        file: from the root of the project.
        lines: where in it, ascending.
        rendered: for a helper, the templates whose objects it has a part in, sorted.
    """

    file: str
    lines: tuple[int, ...]
    rendered: tuple[str, ...] = ()


def check_consumers(root: FilePath, schema: Schema) -> tuple[Diagnostic, ...]:
    """Values that nothing reads, and reads of values that do not exist.

    Args:
        root: the project, with chart/templates and generator/carrel.
        schema: what is declared. A leaf with `x-consumer: generator` is read by the generator
            only: its key must then be a string somewhere in the generator's code.
    """
    try:
        found = reads(chart_templates(root))
    except TemplateFault as fault:
        span = Span(fault.file, fault.line, 1)
        return (Diagnostic("E155", Severity.ERROR, fault.message, span),)
    words = frozenset().union(*map(_strings, map(ast.parse, generator_code(root).values())))
    return ordered([*_undeclared(found, schema), *_unread(found, schema, words)])


def chart_templates(root: FilePath) -> dict[str, str]:
    """The templates of a project's chart: path from the root → text."""
    folder = root / "chart" / "templates"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}


def generator_code(root: FilePath) -> dict[str, str]:
    """The generator's code: path from the root → text. Code that treats all values alike is not."""
    package = root / "generator" / "carrel"
    return {
        file.relative_to(root).as_posix(): file.read_text("utf-8")
        for file in sorted(package.rglob("*.py"))
        if file.relative_to(package).parts[0] not in ("build", "schema", "explanation.py")
    }


def template_consumers(found: Iterable[Read], path: Path) -> tuple[Consumer, ...]:
    """The templates that use the value at a path, something in it, or all of what holds it.

    Args:
        found: what `reads` found.
        path: a value of a site.
    """
    steps = tuple(map(str, path))
    rendered: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for read in found:
        if _covers(read.path, steps, whole=read.whole):
            rendered[read.file, read.line].add(read.rendered)
    lines: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for (file, line), templates in sorted(rendered.items()):
        lines[file, tuple(sorted(templates - {file}))].append(line)
    return tuple(sorted(Consumer(file, tuple(at), via) for (file, via), at in lines.items()))


def generator_consumers(code: Mapping[str, str], pattern: tuple[str, ...]) -> tuple[Consumer, ...]:
    """The functions of the generator that name every key of a path, at their first lines.

    Args:
        code: what `generator_code` gave.
        pattern: the path, with `EACH` for the names of entries.
    """
    keys = {step for step in pattern if step != EACH}
    consumers = []
    for file, text in code.items():
        if not all(f'"{key}"' in text for key in keys):
            continue
        functions = (
            each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)
        )
        lines = sorted(each.lineno for each in functions if keys <= _strings(each))
        if lines:
            consumers.append(Consumer(file, tuple(lines)))
    return tuple(consumers)


def _undeclared(found: Iterable[Read], schema: Schema) -> Iterator[Diagnostic]:
    for read in found:
        if not _declared(schema, schema.root, read.path):
            message = "this value is not in generator/schema"
            span = Span(read.file, read.line, 1)
            yield Diagnostic("E154", Severity.ERROR, message, span, shown_pattern(read.path))


def _declared(schema: Schema, node: Node, path: tuple[str, ...]) -> bool:
    """Whether a path leads somewhere: `EACH` to some key of a block, or to a map's entries."""
    if not path:
        return True
    node = schema.effective(node)
    if path[0] in node.get("x-omit", ()):
        # A helper that every block of a kind goes through asks for what this one leaves out.
        return True
    if path[0] == EACH and "items" in node:
        below: Node | None = node["items"]
    elif path[0] == EACH and is_block(node):
        return any(_declared(schema, each, path[1:]) for each in node["properties"].values())
    else:
        below = schema.below(node, path[0])
    return below is not None and _declared(schema, below, path[1:])


def _unread(found: Iterable[Read], schema: Schema, words: frozenset[str]) -> Iterator[Diagnostic]:
    paths = {(read.path, read.whole) for read in found}
    for leaf, node in _leaves(schema.root, ()):
        if "x-consumer" in node:
            if leaf[-1] in words:
                continue
            message = f"x-consumer names the {node['x-consumer']}, where nothing reads it"
        elif any(_covers(path, leaf, whole=whole) for path, whole in paths):
            continue
        else:
            message = "no template reads this value"
        yield Diagnostic("E153", Severity.ERROR, message, source_of(node), shown_pattern(leaf))


def shown_pattern(path: tuple[str, ...]) -> str:
    """A path of a read for people: `plans.<name>.quota`."""
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


def _strings(tree: ast.AST) -> frozenset[str]:
    """The strings in code."""
    constants = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))
