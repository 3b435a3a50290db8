"""What a plain YAML scalar means to Helm.

Helm reads YAML with go.yaml.in/yaml/v2, whose rules are neither YAML 1.1 nor 1.2: `on` is a
boolean, `0123` is octal, `1e3` is a number, dates and `12:30` are strings. These are its rules
(resolve.go), and those of sigs.k8s.io/yaml for keys (yaml.go). The tests compare both with Helm.
"""

import math
import re
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

_SPELLINGS: Mapping[Scalar, tuple[str, ...]] = {
    True: ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"),
    False: ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"),
    None: ("", "~", "null", "Null", "NULL"),
    math.nan: (".nan", ".NaN", ".NAN"),
    math.inf: (".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"),
    -math.inf: ("-.inf", "-.Inf", "-.INF"),
}
_WORDS: Mapping[str, Scalar] = MappingProxyType(
    {spelling: value for value, spellings in _SPELLINGS.items() for spelling in spellings}
)

NOT_TEXT_STARTS = frozenset({"", *"yYnNtTfFoO~+-.0123456789"})
"""`text[:1]` of every scalar that may be something else than a string."""

_NUMBER_STARTS = frozenset("+-.0123456789")

_INTEGER = re.compile(
    r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))"
)
_BASES = (16, 2, 8, 8, 10)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Of these Go does not remove the underscores first, and takes only those between two digits.
_FRACTION = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")
_SIGNED_AFTER_PREFIX = re.compile(r"0b([+-][01]+)")

_UNMISTAKABLE = re.compile(
    r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*([eE][-+]?[0-9]+)?)?|\.[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)"
)

_MOST_DIGITS = 20
"""2**64 has so many; Python refuses to convert some thousands."""

STANDARD_TAG = "tag:yaml.org,2002:"
"""What `!!` stands for."""

_TAGGED_TYPES: Mapping[str, type] = MappingProxyType(
    {"int": int, "float": float, "bool": bool, "null": type(None)}
)


class UnsupportedTag(ValueError):
    """A tag that values cannot have, or that contradicts its value. One clause."""


def resolve(text: str) -> Scalar:
    """The value that Helm gives to a plain (unquoted) scalar without a tag."""
    if text[:1] not in NOT_TEXT_STARTS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value that Helm gives to a scalar with an explicit tag, quoted or not.

    Args:
        tag: in its long form, `tag:yaml.org,2002:int`.
        text: the scalar.

    Raises:
        UnsupportedTag: the tag is none of !!str, !!int, !!float, !!bool and !!null, or the text
            is nothing of that type.
    """
    short = tag.removeprefix(STANDARD_TAG)
    if short == "str":
        return text
    expected: type | None = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(
        short
    )
    if expected is None or short == tag:
        raise UnsupportedTag(f"the tag {short_tag(tag)} is not supported")
    value = resolve(text)
    if expected is float and type(value) is int:
        return float(value)
    if type(value) is not expected:
        raise UnsupportedTag(f"{text!r} is not of the type that the tag !!{short} demands")
    return value


def is_ambiguous(value: bool | int | float, text: str) -> bool:
    """Whether people, or other readers of YAML, may take a plain scalar for something else.

    Args:
        value: what Helm takes it for.
        text: how it is written: `on`, `0123`, `1_000`, or `1234e56` of a commit's name.
    """
    if isinstance(value, bool):
        return text.lower() not in ("true", "false")
    return _UNMISTAKABLE.fullmatch(text) is None


def clear_text(value: bool | int | float) -> str:
    """A number or boolean in the spelling that everybody understands."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def short_tag(tag: str) -> str:
    """A tag as it is usually written: `!!int` for `tag:yaml.org,2002:int`."""
    short = tag.removeprefix(STANDARD_TAG)
    return tag if short == tag else f"!!{short}"


def key_text(value: Scalar) -> str | None:
    """The string that Helm makes of a key, None when it refuses the key."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _single_precision_text(value)
    if value is None or value >= 2**63:
        return None
    return str(value)


def _number(text: str) -> int | float | str:
    """A scalar that starts like a number, which it may not be."""
    if text[0] == "." and not _FRACTION.fullmatch(text):
        return text
    plain = text.replace("_", "")
    value: int | float | None = _integer(plain)
    if value is None and _FLOAT.fullmatch(plain):
        value = float(plain)
        # Go reports numbers beyond the range as errors, and what is no number is a string.
        value = None if math.isinf(value) else value
    return text if value is None else value


def _integer(plain: str) -> int | None:
    """A whole number of at most 64 bits, in any of Go's notations."""
    match = _INTEGER.fullmatch(plain)
    if match is None:
        # A leftover of go-yaml's own binary notation: 0b-101 and 0b+101.
        match = _SIGNED_AFTER_PREFIX.fullmatch(plain)
        value = int(match[1], 2) if match else None
        return value if value is not None and -(2**63) <= value < 2**63 else None
    sign, *digits = match.groups()
    magnitude = 0
    for base, group in zip(_BASES, digits, strict=True):
        if group is not None:
            if base == 10 and len(group) > _MOST_DIGITS:
                return None
            magnitude = int(group, base)
    if sign == "-":
        return -magnitude if magnitude <= 2**63 else None
    return magnitude if magnitude < (2**63 if sign else 2**64) else None


def _single_precision_text(value: float) -> str:
    """A number as Go's strconv.FormatFloat(value, 'g', -1, 32) spells it in a key."""
    if math.isnan(value):
        return ".nan"
    try:
        single = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        single = math.copysign(math.inf, value)
    if math.isinf(single):
        return ".inf" if single > 0 else "-.inf"
    shortest = next(
        spelled
        for precision in range(9)
        if struct.pack("f", float(spelled := f"{single:.{precision}e}")) == struct.pack("f", single)
    )
    mantissa, _, exponent = shortest.partition("e")
    power = int(exponent)
    digits = len(mantissa.lstrip("-").replace(".", ""))
    # Where Go's shortest spelling starts to use an exponent.
    if power < -4 or power >= 6:
        return f"{mantissa}e{power:+03d}"
    return f"{single:.{max(digits - 1 - power, 0)}f}"
