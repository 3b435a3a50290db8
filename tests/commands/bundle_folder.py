"""Reading what `carrel render` wrote."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from carrel.yamlio import reader


def values(bundle: Path, path: str) -> Any:
    """A values file of a chart."""
    (document,) = reader.read_objects((bundle / "prerequisites" / path).read_text())
    return document


def objects(bundle: Path, kind: str) -> list[Any]:
    """The objects of a kind in the bundle."""
    return [
        body
        for file in sorted((bundle / "manifests").rglob("*.yaml"))
        for body in reader.read_objects(file.read_text())
        if isinstance(body, dict) and body["kind"] == kind
    ]


def folders(bundle: Path) -> set[str]:
    """The prerequisites that a bundle has values for."""
    return {path.name for path in bundle.glob("prerequisites/*/")}


def images(bundle: Path) -> list[str]:
    return (bundle / "images.txt").read_text().splitlines()


def blocks(bundle: Path) -> list[str]:
    """The shell blocks of the page."""
    page = (bundle / "prerequisites" / "README.md").read_text()
    return re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def helm_commands(bundle: Path, verb: str) -> Iterator[list[str]]:
    for block in blocks(bundle):
        for line in block.splitlines():
            if line.startswith(f"helm {verb} "):
                yield shlex.split(line)


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]
