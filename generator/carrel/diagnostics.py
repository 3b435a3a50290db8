"""A user's mistake as data: what is wrong, where, and what to write instead."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from carrel.codes import CODES

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is in a tree: keys of mappings and 0-based positions in lists."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Severity(StrEnum):
    """How bad it is: an error fails the command, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file.

    Attributes:
        file: the path as the user knows it, relative to the project where possible.
        line: 1-based.
        column: 1-based, counted in characters.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: a key of `carrel.codes.CODES`.
        severity: must agree with the code's letter.
        message: what is wrong, without a full stop.
        span: where it was written, if it was written anywhere.
        path: the dotted path of the value concerned, or nothing.
        hint: what to write instead, without parentheses.
        ignored: why a comment in the file accepts it, or nothing where none does.

    Raises:
        ValueError: the code is unknown or has another severity, which is a bug of ours.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    path: str = ""
    hint: str = ""
    ignored: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code} is not in carrel.codes")
        if (self.severity is Severity.WARNING) != self.code.startswith("W"):
            raise ValueError(f"diagnostic code {self.code} cannot be of severity {self.severity}")

    @property
    def name(self) -> str:
        """The code's name in words, "unknown-key"."""
        return CODES[self.code].name

    @property
    def doc(self) -> str:
        """Where the code is documented, "docs/errors.md#e101-unknown-key"."""
        return CODES[self.code].doc

    @property
    def place(self) -> str:
        """Where, as `file:line:col`, or nothing."""
        return visible(str(self.span)) if self.span else ""

    @property
    def label(self) -> str:
        """How bad, and which code: `error[E101]`."""
        return f"{self.severity}[{self.code}]"

    @property
    def sentence(self) -> str:
        """What is wrong: `path: message (hint)`, absent parts left out."""
        path = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{path}{self.message}{hint}"

    def text(self) -> str:
        """One line: `file:line:col: error[E101] path: message (hint)`, absent parts left out."""
        place = f"{self.place}: " if self.span else ""
        return f"{place}{self.label} {visible(self.sentence)}"


def visible(line: str) -> str:
    """The line, with every character escaped that a terminal would act on instead of showing it."""
    return line if line.isprintable() else "".join(map(_shown, line))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def dotted(path: Path) -> str:
    """A path as people write it: `tenants.ml-team.members["a.b@x"][0]`."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _BARE_KEY.fullmatch(step):
            parts.append(f".{step}" if parts else step)
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts)


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repetitions, sorted by file, line, column and code; those without a place first."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_sort_key))


def _sort_key(diagnostic: Diagnostic) -> tuple[Span, str, str, str]:
    span = diagnostic.span or Span("", 0, 0)
    return (span, diagnostic.code, diagnostic.path, diagnostic.message)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any finding fails the command."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
