"""Writing YAML that every reader understands alike.

Go's reader, YAML 1.1 and YAML 1.2 disagree on what `on`, `0123`, `1e3` or `12:30` is. So a string
is written without quotes only where no reader can take it for something else.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TypeGuard

_PLAIN = re.compile(
    # Words that begin with a letter, joined by single spaces or colons; or a quantity.
    r"[A-Za-z_/][A-Za-z0-9_./@=+-]*(?:(?:[ :]|, )[A-Za-z0-9_./@=+-]+)*"
    r"|[1-9][0-9]*(?:m|[KMGT]i|s|h|d)"
)
_NOT_STRINGS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})

_LONGEST_KEY = 1000
"""Characters. Readers look 1,024 ahead for the colon after a key."""

_SHORT = 64
_STEP = "  "

# A block's first line sets its indentation, its last line must be text, and blanks at the end of
# a line would be invisible.
_UNFIT_FOR_BLOCK = re.compile(r"\A[ \t\n]|\A\Z|[ \t](?:\n|\Z)|\n\Z")
_BLANKS = {ord("\n"): " ", ord("\t"): " "}


def write(value: object, *, indent: int = 0) -> str:
    """A value as a YAML document in block style, its keys in their order, ending with a newline.

    Strings of several lines become literal blocks where that keeps every character.

    Args:
        value: dicts with string keys, lists, tuples, strings, numbers, booleans and None.
        indent: spaces before every line.

    Raises:
        TypeError: the value holds something else.
        ValueError: a number has no 64 bits or is not finite, or a string is no valid Unicode.
    """
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, dict) and value:
        _append_mapping(lines, value, pad)
    elif _is_sequence(value) and value:
        _append_sequence(lines, value, pad)
    else:
        lines.append(pad + (_quoted(value) if isinstance(value, str) else _leaf(value)))
    lines.append("")
    return "\n".join(lines)


def _append_mapping(lines: list[str], mapping: dict[str, object], pad: str) -> None:
    for key, value in mapping.items():
        if type(value) is str and len(value) <= _SHORT:
            lines.append(_entry(pad, key, value))
        elif type(value) is dict and value:
            lines.append(_head(pad, key))
            _append_mapping(lines, value, pad + _STEP)
        else:
            _append(lines, _head(pad, key), value, pad)


def _append_sequence(lines: list[str], sequence: Sequence[object], pad: str) -> None:
    head, below = f"{pad}-", pad + _STEP
    for value in sequence:
        first = len(lines)
        if isinstance(value, dict) and value:
            _append_mapping(lines, value, below)
        elif _is_sequence(value) and value:
            _append_sequence(lines, value, below)
        else:
            _append(lines, head, value, pad)
            continue
        # The first entry stands beside the dash.
        lines[first] = f"{head} {lines[first][len(below) :]}"


def _append(lines: list[str], head: str, value: object, pad: str) -> None:
    """Append a value behind `head`, a key with its colon or a dash, that stands at `pad`."""
    if type(value) is str:
        block = _literal(value, pad + _STEP) if "\n" in value else None
        lines.append(f"{head} {block or _text(value)}")
    elif isinstance(value, dict) and value:
        lines.append(head)
        _append_mapping(lines, value, pad + _STEP)
    elif _is_sequence(value) and value:
        lines.append(head)
        _append_sequence(lines, value, pad + _STEP)
    else:
        lines.append(f"{head} {_leaf(value)}")


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _leaf(value: object) -> str:
    """A value without entries."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise ValueError(f"{value} does not fit into 64 bits")
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, dict):
        return "{}"
    if _is_sequence(value):
        return "[]"
    raise TypeError(f"YAML has no way to write a {type(value).__name__}")


def _float(value: float) -> str:
    """A number that no reader takes for a string or a whole number: YAML 1.1 wants a point."""
    if not math.isfinite(value):
        raise ValueError(f"Helm cannot hold the number {value}")
    text = repr(float(value))
    if "." in text:
        return text
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}"


# The objects of many tenants repeat their lines.
@lru_cache(maxsize=16384)
def _entry(pad: str, key: object, text: str) -> str:
    """A key and a short string."""
    block = _literal(text, pad + _STEP) if "\n" in text else None
    return f"{_head(pad, key)} {block or _quoted(text)}"


@lru_cache(maxsize=4096)
def _head(pad: str, key: object) -> str:
    """A key with its colon."""
    if not isinstance(key, str):
        raise TypeError(f"a key must be a string, not {key!r}")
    text = _quoted(key)
    # A key this long needs the mark of an explicit one.
    return f"{pad}{text}:" if len(text) <= _LONGEST_KEY else f"{pad}? {text}\n{pad}:"


def _text(text: str) -> str:
    """A string on one line; a tree repeats its short ones."""
    return _quoted_before(text) if len(text) <= _SHORT else _quoted(text)


@lru_cache(maxsize=4096)
def _quoted_before(text: str) -> str:
    return _quoted(text)


def _quoted(text: str) -> str:
    """A string on one line, in double quotes unless no reader could mistake it."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_STRINGS:
        return text
    quoted = encode_basestring(text)
    return quoted if quoted.isprintable() else "".join(map(_escaped, quoted))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        raise ValueError(f"U+{code:04X} is half a character")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _literal(text: str, pad: str) -> str | None:
    """A string of several lines as a literal block, None where a reader could change it."""
    body = text.removesuffix("\n")
    if _UNFIT_FOR_BLOCK.search(body) or not body.translate(_BLANKS).isprintable():
        return None
    chomping = "" if len(body) < len(text) else "-"
    lines = (pad + line if line else "" for line in body.split("\n"))
    return f"|{chomping}\n" + "\n".join(lines)
