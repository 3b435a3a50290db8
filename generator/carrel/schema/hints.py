"""Words for schemas and values: what is wanted, what was given, what was probably meant."""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from carrel.schema.patterns import fits
from carrel.schema.source import Node
from carrel.yamlio.scalars import resolve

_UNITS = {"Bytes": "bytes", "Days": "days", "Minutes": "minutes", "Seconds": "seconds"}
"""Endings of keys that carry the unit of a whole number."""

_MINUTES = {"s": 1 / 60, "m": 1, "min": 1, "h": 60, "d": 1440}
_PER_UNIT: Mapping[str, Mapping[str, float]] = {
    "minutes": _MINUTES,
    "seconds": {suffix: minutes * 60 for suffix, minutes in _MINUTES.items()},
    "days": {suffix: minutes / 1440 for suffix, minutes in _MINUTES.items()},
}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(s|min|m|h|d)", re.ASCII)

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a map",
    "string": "a string",
}
_BOOLEAN_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "y", "enabled"), "true"),
    **dict.fromkeys(("false", "no", "off", "n", "disabled"), "false"),
}

_DNS_NAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_LABEL_NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?"

FORMS: Mapping[str, str] = {
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": "made of lower-case letters, digits and inner '-'",
    f"^{_DNS_NAME}$": "made of lower-case letters, digits, inner '-' and single inner '.'",
    f"^[a-z0-9._+'-]+@{_DNS_NAME}$": "an e-mail address in lower case",
    "^([0-9]*[1-9][0-9]*(\\.[0-9]+)?|0+\\.[0-9]*[1-9][0-9]*)Gi$": "a number of Gi above 0",
    "^[0-9]+(\\.[0-9]+)?Gi$": "a number of Gi",
    "^(/[A-Za-z0-9._-]+)+$": "an absolute path of letters, digits, '.', '_' and '-'",
    f"^(cpu|memory|ephemeral-storage|hugepages-[1-9][0-9]*[KMG]i|{_DNS_NAME}/{_LABEL_NAME})$": (
        "cpu, memory, ephemeral-storage, hugepages-<size> or <domain>/<name>"
    ),
    "^[0-9]+(\\.[0-9]+)?([munkMGTPE]|[KMGTPE]i)?$": "an amount with a unit of Kubernetes",
}
"""Patterns in words that go on from "is". An optional form is the same in brackets with `?`."""

_REPAIRS: tuple[Callable[[str], str], ...] = (
    str.strip,
    str.lower,
    lambda text: re.sub(r"[ _]+", "-", text.strip().lower()),
    lambda text: text.strip().rstrip("/."),
    lambda text: re.sub(r"^[a-z]+://", "", text.strip().lower()).rstrip("/"),
    lambda text: re.sub(r" ?(gb|g|gib|gi)$", "Gi", text.strip().lower()),
    lambda text: text.replace(" ", "").removesuffix("B"),
)
"""What people often have to change about a text, from the smallest change to the largest."""

_LONGEST_LITERAL = 60
_PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9/._@+-]*(:[A-Za-z0-9/._@+-]+)*", re.ASCII)


def literal(value: object) -> str:
    """`value` as it could be written in YAML, shortened where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_LITERAL else f"{text[: _LONGEST_LITERAL - 1]}…"


def written(value: object) -> str:
    """As `literal`, without quotes around a string that needs none in a values file."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and resolve(value) == value:
        return value
    return literal(value)


def kind(value: object) -> str:
    """What a value is, in words: "a string", "a map"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "a map"


def wanted(node: Node, key: str) -> str:
    """What `node` wants at `key`, in words: "a whole number of minutes", "a string or a number"."""
    unit = unit_of(node, key)
    words = [_TYPES[each] for each in types(node)]
    if unit:
        words = [f"{each} of {unit}" if "number" in each else each for each in words]
    return " or ".join(words) or "another value"


def types(node: Node) -> list[str]:
    """The types that `node` allows, none when it allows any."""
    named = node.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def unit_of(node: Node, key: str) -> str:
    """The unit of the numbers at `key`, "" where they have none."""
    numeric = {"integer", "number"}.intersection(types(node))
    return next((unit for end, unit in _UNITS.items() if numeric and key.endswith(end)), "")


def conversion(value: object, node: Node, key: str, literal: str = "") -> str:
    """`value` rewritten as the type that `node` wants, "" where nothing suggests itself.

    `literal` is how a number or boolean was written, if that is known.
    """
    for each in types(node):
        if each == "string" and isinstance(value, bool | int | float):
            text = _as_text(value, node, literal)
        else:
            text = _converted(value, each, node, key)
        if text:
            return text
    return ""


def _converted(value: object, to: str, node: Node, key: str) -> str:
    if to == "array" and not isinstance(value, dict | list | None):
        return f"[{written(value)}]"
    if not isinstance(value, str):
        return ""
    if to == "boolean":
        return _BOOLEAN_WORDS.get(value.strip().lower(), "")
    if to in ("integer", "number"):
        return _as_number(value.strip(), to, unit_of(node, key))
    return ""


def _as_text(value: bool | int | float, node: Node, literal: str) -> str:
    """The string that was probably meant when YAML made `value` of it."""
    choices = [each for each in node.get("enum", ()) if isinstance(each, str)]
    if literal and (literal in choices if choices else fits(node.get("pattern", "^"), literal)):
        return json.dumps(literal)
    if isinstance(value, bool):
        written = str(value).lower()
        meant = [each for each in choices if _BOOLEAN_WORDS.get(each.lower()) == written]
        return json.dumps(meant[0]) if meant else "" if choices else _fitting(written, node)
    for choice in choices:
        if _as_float(choice) == value:
            return json.dumps(choice)
    return "" if choices else _fitting(str(value), node)


def _fitting(text: str, node: Node) -> str:
    """A number's text in the form that `node` wants, with the unit Gi if it takes that."""
    pattern = node.get("pattern")
    if pattern is None or fits(pattern, text):
        return json.dumps(text)
    # Nobody writes 1024 and means Gi.
    number = _as_float(text)
    meant = f"{number / 1024:g}" if number is not None and number >= 512 else text
    return f"{meant}Gi" if fits(pattern, f"{meant}Gi") else ""


def _as_number(text: str, to: str, unit: str) -> str:
    number = _as_float(text)
    if to == "number" and text.endswith("m") and _as_float(text[:-1]) is not None:
        number = float(text[:-1]) / 1000
    duration = _DURATION.fullmatch(text)
    if number is None and duration and duration[2] in _PER_UNIT.get(unit, {}):
        number = float(duration[1]) * _PER_UNIT[unit][duration[2]]
    if number is None or abs(number) > 1e15:
        return ""
    if number == int(number):
        return str(int(number))
    return repr(number) if to == "number" else ""


def _as_float(text: str) -> float | None:
    try:
        return float(text) if re.fullmatch(r"-?[0-9.]+", text, re.ASCII) else None
    except ValueError:
        return None


def form(pattern: str) -> str:
    """What texts of `pattern` look like, in words, "" where only examples can show it."""
    optional = re.fullmatch(r"\^\((.*)\)\?\$", pattern)
    if optional:
        inner = FORMS.get(f"^{optional[1]}$", "")
        return f"{inner} (or nothing)" if inner else ""
    return FORMS.get(pattern, "")


def repair(text: str, pattern: str) -> str:
    """`text` with the smallest usual change after which it fits, "" where none helps."""
    repaired = (fix(text) for fix in _REPAIRS)
    return next((each for each in repaired if each and fits(pattern, each)), "")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The choice that `word` was probably meant to be, "" where none is near.

    Case, '-' and '_' make no difference.
    """
    folded: dict[str, str] = {}
    for choice in choices:
        folded.setdefault(_fold(choice), choice)
    near = difflib.get_close_matches(_fold(word), folded, n=3, cutoff=0.6)
    if not near:
        return ""
    best = min(near, key=lambda each: (_distance(_fold(word), each), near.index(each)))
    return folded[best] if _distance(_fold(word), best) <= max(1, len(best) // 3) else ""


def _fold(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _distance(one: str, other: str) -> int:
    """Letters to insert, delete, replace or swap with their neighbour to get `other` from `one`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted_letter in enumerate(other, 1):
            cost = min(
                last[column] + 1,
                line[-1] + 1,
                last[column - 1] + (letter != wanted_letter),
            )
            swapped = row > 1 and column > 1 and one[row - 2] == wanted_letter
            if swapped and letter == other[column - 2]:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def listed(words: Iterable[Any], conjunction: str = "or") -> str:
    """Values as people enumerate them and as they could be written: "a, b or c"."""
    texts = [written(each) for each in words]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {conjunction} {texts[-1]}"
