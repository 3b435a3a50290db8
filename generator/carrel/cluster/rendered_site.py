"""A site that is rendered and right, as the checks of a cluster see it."""

from dataclasses import dataclass
from typing import Any

from carrel.build.bundle import Contents
from carrel.diagnostics import Diagnostic, Path, Severity, dotted
from carrel.layers import Resolved


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """A site and what would be installed for it.

    Attributes:
        resolved: its values.
        contents: what they render.
    """

    resolved: Resolved
    contents: Contents

    def __getitem__(self, key: str) -> Any:
        return self.resolved.values[key]

    def error(self, code: str, message: str, hint: str, path: Path = ()) -> Diagnostic:
        """Something that keeps the site from working.

        Args:
            code: one of the area "cluster".
            message: what was observed.
            hint: what to do.
            path: the value that asks for something else.
        """
        return self._finding(code, Severity.ERROR, message, hint, path)

    def warning(self, code: str, message: str, hint: str, path: Path = ()) -> Diagnostic:
        """As `error`, for what need not keep it from working."""
        return self._finding(code, Severity.WARNING, message, hint, path)

    def _finding(
        self, code: str, severity: Severity, message: str, hint: str, path: Path
    ) -> Diagnostic:
        # A default has no place: the cluster is what has to change then.
        span = self.resolved.written(path) if path else None
        return Diagnostic(code, severity, message, span, dotted(path), hint)
