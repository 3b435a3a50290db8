"""The custom resource definitions of the chart, from the catalogue.

`generator/catalogue/crds/<name>.json` says everything once: a schema that three versions share, a
probe that stands nine times in a pod, the printer columns of all versions. An API server and Helm
know no references, so the chart's files spell it all out.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from carrel.k8s.structural_schema import expanded

OUTPUT_FOLDER = "chart/charts/crds/files"
"""Where the files go, below the root of the project."""

ANNOTATIONS = {"helm.sh/resource-policy": "keep"}
"""Removing a definition removes every object of its kind, so Helm must never do it by itself."""

LABELS = {"app.kubernetes.io/part-of": "carrel"}

WIDTH = 120
"""Columns, the margin not counted, that a line should not exceed; what cannot be broken may."""

STEP = " "
"""One more level of the margin, the first two aside: schemas are 25 levels deep."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_NOT_A_STRING = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
"""Plain words that some YAML reader takes for something else than a string."""


def crd_files(catalogue: Path) -> Mapping[str, str]:
    """The generated files: path below the root of the project → text.

    Args:
        catalogue: the folder `generator/catalogue`.

    Raises:
        KeyError: a catalogue file lacks a key, or refers to a definition that it does not hold.
    """
    return {
        f"{OUTPUT_FOLDER}/{source.stem}.yaml": _text(
            definition(json.loads(source.read_text("utf-8")))
        )
        for source in sorted(catalogue.glob("crds/*.json"))
    }


def definition(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The CustomResourceDefinition that a catalogue file stands for.

    Raises:
        KeyError: as for `crd_files`.
    """
    spec = expanded(entry["spec"], entry.get("definitions", {}))
    columns = entry.get("printerColumns")
    if columns:
        for version in spec["versions"]:
            version["additionalPrinterColumns"] = columns
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        # The name comes first: a reader finds it without parsing what follows.
        "metadata": {"name": entry["name"], "annotations": ANNOTATIONS, "labels": LABELS},
        "spec": spec,
    }


def _text(document: Mapping[str, Any]) -> str:
    """The document as YAML, `apiVersion`, `kind` and `metadata` in plain block style."""
    lines = [f"{key}: {_scalar(document[key])}" for key in ("apiVersion", "kind")]
    lines += ["metadata:", *_mapping(document["metadata"], "  ", width=0)]
    lines += ["spec:", *_mapping(document["spec"], "  ", width=WIDTH)]
    return "".join(f"{line}\n" for line in lines)


def _mapping(value: Mapping[str, Any], margin: str, width: int) -> Iterator[str]:
    """The lines of a block mapping; a mapping or list that fits in a line stands in one."""
    for key, below in value.items():
        start = f"{_scalar(key)}:"
        line = _flow(below, width - len(start) - 1)
        if line is not None:
            yield f"{margin}{start} {line}"
        elif not isinstance(below, dict | list) or not below:
            yield f"{margin}{start} {_flow(below)}"
        else:
            yield margin + start
            yield from _block(below, margin + (STEP if len(margin) > 2 else "  "), width)


def _block(value: Any, margin: str, width: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _mapping(value, margin, width)
        return
    for entry in value:
        line = _flow(entry, width - 2)
        if line is not None or not isinstance(entry, dict):
            yield f"{margin}- {line or _flow(entry)}"
        else:
            first, *rest = _mapping(entry, f"{margin}  ", width)
            yield f"{margin}- {first.lstrip()}"
            yield from rest


def _flow(value: Any, room: int = sys.maxsize) -> str | None:
    """The value in one line, or None if it has more than `room` characters."""
    if isinstance(value, dict):
        opening, closing = "{", "}"
        entries = [(f"{_scalar(key)}: ", below) for key, below in value.items()]
    elif isinstance(value, list):
        opening, closing = "[", "]"
        entries = [("", below) for below in value]
    else:
        text = _scalar(value)
        return text if len(text) <= room else None
    parts = []
    left = room - 2
    for start, below in entries:
        text_below = _flow(below, left - len(start))
        if text_below is None:
            return None
        parts.append(start + text_below)
        left -= len(parts[-1]) + 2
    return opening + ", ".join(parts) + closing


def _scalar(value: Any) -> str:
    """A scalar that every YAML reader takes for the same value."""
    plain = isinstance(value, str) and _PLAIN.fullmatch(value)
    if plain and value.lower() not in _NOT_A_STRING:
        return str(value)
    return json.dumps(value, ensure_ascii=False)
