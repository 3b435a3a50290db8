"""Reading paths as `diagnostics.dotted` writes them: `tenants.ml.members["a.b@x"][0]`."""

import re

from carrel.diagnostics import Path
from carrel.errors import UsageError

_STEP = re.compile(
    r'\["(?P<quoted>(?:[^"\\]|\\["\\])*)"\]|\[(?P<index>[0-9]{1,9})\]|(?P<bare>[^.\[\]"\s]+)',
    re.ASCII,
)
_EXAMPLE = 'write one as tenants.ml.members["ada@example.com"]'


def parse(text: str) -> Path:
    """The path that a text names.

    A key without quotes may hold anything but dots, brackets, quotes and spaces.

    Raises:
        UsageError: the text is no path.
    """
    path: list[str | int] = []
    position = 0
    while position < len(text) or not path:
        if path and text[position] == ".":
            position += 1
            expected = "bare"
        else:
            expected = "bracket" if path else ""
        match = _STEP.match(text, position)
        if match is None or expected not in ("", "bare" if match["bare"] else "bracket"):
            problem = f"cannot be understood at character {position + 1} of {text!r}"
            raise UsageError(f"PATH {problem if text else 'is empty'}; {_EXAMPLE}")
        path.append(_step(match))
        position = match.end()
    return tuple(path)


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", match["quoted"])
    return match["bare"]
