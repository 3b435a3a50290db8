"""Where in generator/schema/ or upstream.yaml a default is written, to the line."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from carrel import upstream
from carrel.diagnostics import Path, Span
from carrel.layers import lookup
from carrel.schema.bundle import Schema
from carrel.schema.source import Node, source_of
from carrel.schema.upstream_defaults import MARK
from carrel.yamlio.reader import Document

ReadDocument: TypeAlias = Callable[[str], Document | None]
"""The text of such a file with its positions, None if it cannot be read any more."""


class DefaultPlaces:
    """Places of defaults; a file of the schema is read when one of its defaults is asked for."""

    def __init__(self, schema: Schema, read: ReadDocument) -> None:
        self._schema = schema
        self._read = read
        self._known: dict[str, tuple[Document | None, Mapping[Span, Path]]] = {}

    def of(self, path: Path) -> Span | None:
        """Where the default at `path` is written, or else the key that it belongs to."""
        nodes = [self._schema.root]
        for depth, step in enumerate(path, 1):
            nodes = [
                each
                for node in nodes
                if (below := _below(node, step)) is not None
                for each in self._with_definitions(below)
            ]
            if not nodes:
                return None
            # A default below a default is for entries that a site adds.
            if "default" in nodes[0]:
                exact = (self._within(node, path[depth:]) for node in nodes)
                return next(filter(None, exact), source_of(nodes[0]))
        return source_of(nodes[0])

    def _with_definitions(self, node: Node) -> list[Node]:
        """A node, and the definitions that it takes over what it does not say itself."""
        names = (node[keyword] for keyword in ("x-extends", "x-definition") if keyword in node)
        return [node, *(self._schema.definitions[name] for name in names)]

    def _within(self, node: Node, rest: Path) -> Span | None:
        """Where `rest` is written in a node's own default."""
        key = source_of(node)
        if key is None:
            return None
        document, nodes = self._file(key.file)
        if document is None or key not in nodes:
            return None
        if key.file == upstream.FILE:
            return document.spans.get((*nodes[key], *rest))
        exact = (*nodes[key], "default", *rest)
        return document.spans.get(exact) or self._of_upstream(document, exact)

    def _of_upstream(self, document: Document, path: Path) -> Span | None:
        """Where upstream.yaml has the part of an image that the schema names there only."""
        *above, part = path
        _, around = lookup(document.values, tuple(above))
        name = around.get(MARK) if isinstance(around, dict) else None
        images, _ = self._file(upstream.FILE) if name else (None, {})
        return images.spans.get(("images", name, part)) if images and name else None

    def _file(self, file: str) -> tuple[Document | None, Mapping[Span, Path]]:
        if file not in self._known:
            document = self._read(file)
            keys = document.keys if document else {}
            self._known[file] = document, {span: path for path, span in keys.items()}
        return self._known[file]


def _below(node: Node, step: str | int) -> Node | None:
    """The schema of what is in a value; core Kubernetes types have no defaults and stay shut."""
    below = node.get("properties", {}).get(step, node.get("additionalProperties"))
    return below if isinstance(below, dict) else None
