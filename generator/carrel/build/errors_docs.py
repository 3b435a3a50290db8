"""docs/errors.md: every code, what it means, what to do, and what it looks like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from carrel.codes import CODES, Area, Code
from carrel.remedies import REMEDIES
from carrel.text_templates import fill

EXAMPLES = Path("tests", "fixtures", "findings")
"""A failing fixture for each code, below the root of the project."""

_TEMPLATE = "errors.md.jinja"
_EXPECTED = re.compile(rb"^# expect: (.*\b(?:error|warning)\[([EW]\d{3})\].*)$", re.MULTILINE)

_TITLES: Mapping[Area, str] = {
    "read": "Reading a file",
    "shape": "The shape of the values",
    "meaning": "The meaning of the values",
    "template": "Rendering the chart",
    "objects": "The rendered objects",
    "cluster": "A live cluster (`carrel doctor`)",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page says of one code.

    Attributes:
        code: the code.
        remedy: what to do, or "" where the meaning says it.
        example: what Carrel prints for the code's fixture, or "" without one.
    """

    code: Code
    remedy: str
    example: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The codes of one area."""

    title: str
    entries: tuple[Entry, ...]


def errors_docs(root: Path) -> str:
    """The text of docs/errors.md.

    Args:
        root: the project, with generator/templates and the fixtures of the codes.
    """
    values = {"chapters": chapters(examples(root / EXAMPLES))}
    return fill(root / "generator" / "templates", _TEMPLATE, values)


def chapters(shown: Mapping[str, str]) -> tuple[Chapter, ...]:
    """What the page says, area by area; `shown` has an example for each code."""
    return tuple(
        Chapter(
            title,
            tuple(
                Entry(code, REMEDIES.get(code.code, ""), shown.get(code.code, ""))
                for code in CODES.values()
                if code.area == area
            ),
        )
        for area, title in _TITLES.items()
    )


def examples(folder: Path) -> dict[str, str]:
    """Code → the line that its fixture in `folder` announces, the first one if there are more."""
    found: dict[str, str] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        own = file.relative_to(folder).parts[0][:4]
        for line, code in _EXPECTED.findall(file.read_bytes()):
            if code.decode() == own:
                found.setdefault(own, line.decode())
    return found
