"""JSON that is compact and still shows one change as one line of a diff."""

import json
from typing import Any

WIDTH = 100
"""Columns that a line should not exceed; what cannot be broken may."""


def json_text(value: Any) -> str:
    """`value` as JSON in its own order: what fits in a line stands in one, the rest is broken."""
    return _fitted(value, indent=0, before=0) + "\n"


def _fitted(value: Any, indent: int, before: int) -> str:
    """`value` on a line that is indented by `indent` and has `before` more columns taken."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or indent + before + len(line) < WIDTH:
        return line
    if isinstance(value, list):
        opening, closing = "[", "]"
        entries = [_fitted(entry, indent + 1, 1) for entry in value]
    else:
        opening, closing = "{", "}"
        keys = {key: f"{json.dumps(key, ensure_ascii=False)}: " for key in value}
        entries = [
            text + _fitted(value[key], indent + 1, len(text) + 1) for key, text in keys.items()
        ]
    margin = "\n" + " " * indent
    return opening + ",".join(f"{margin} {entry}" for entry in entries) + margin + closing
