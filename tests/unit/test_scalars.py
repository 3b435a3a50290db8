"""What plain scalars mean to Helm. tests/chart/test_values_reading.py asks Helm itself."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.yamlio import scalars

MEANINGS: dict[str, object] = {
    # Booleans: those of YAML 1.1, single letters included.
    "true": True, "True": True, "TRUE": True, "y": True, "Y": True, "yes": True, "on": True,
    "ON": True, "false": False, "n": False, "N": False, "no": False, "No": False, "off": False,
    "tRUE": "tRUE", "yEs": "yEs", "oN": "oN", "t": "t", "f": "f",
    # Null.
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "nULL": "nULL", "none": "none",
    # Whole numbers, in every notation of Go's.
    "0": 0, "-0": 0, "+7": 7, "0123": 83, "-010": -8, "0o17": 15, "0O17": 15, "0x1F": 31,
    "0Xff": 255, "0b101": 5, "-0b11": -3, "0b-11": -3, "1_000": 1000, "0x_f": 15, "1__0_": 10,
    "9223372036854775807": 2**63 - 1, "-9223372036854775808": -(2**63),
    "18446744073709551615": 2**64 - 1, "0xFFFFFFFFFFFFFFFF": 2**64 - 1,
    # Whole numbers of more than 64 bits are floats in decimal, and strings in other notations.
    "18446744073709551616": 2.0**64, "-9223372036854775809": -(2.0**63),
    "+9223372036854775808": 2.0**63,
    "9223372036854775808": 2**63,
    "0x10000000000000000": "0x10000000000000000",
    "9" * 5000: "9" * 5000,
    # Floats. The digits after a 0 that are not octal make a float.
    "08": 8.0, "1e3": 1000.0, "1E3": 1000.0, "1234e56": 1234e56, "1.": 1.0, ".5": 0.5,
    "-.5e-3": -0.0005, "+1.5": 1.5, "1e-400": 0.0, "1e400": "1e400", ".1e400": ".1e400",
    "._5": "._5", ".5_": ".5_", ".5_0": 0.5, ".5__0": ".5__0", "1_0.5": 10.5, ".inf": math.inf,
    "-.INF": -math.inf,
    "+.Inf": math.inf, "inf": "inf", "nan": "nan", "e3": "e3",
    # Strings that other readers take for something else.
    "12:30": "12:30", "12:30:45": "12:30:45", "2001-01-01": "2001-01-01", "=": "=", "_1": "_1",
    "2001-01-01T00:00:00Z": "2001-01-01T00:00:00Z", "1,000": "1,000", "0b12": "0b12", "0o8": "0o8",
    "0x": "0x", "+": "+", "-": "-", ".": ".", "..": "..", "1.2.3": "1.2.3", "1e": "1e",
    "0x1p4": "0x1p4", "\u0661": "\u0661", "1Gi": "1Gi",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), MEANINGS.items(), ids=lambda each: repr(each)[:30])
def test_a_plain_scalar_means_what_it_means_to_helm(text: str, value: object) -> None:
    resolved = scalars.resolve(text)
    assert (resolved, type(resolved)) == (value, type(value))


def test_nan_is_a_number() -> None:
    assert all(
        isinstance(value := scalars.resolve(text), float) and math.isnan(value)
        for text in (".nan", ".NaN", ".NAN")
    )


@given(st.text(alphabet="0123456789abcdefxob+-._eEyntfuls~", max_size=30))
@settings(max_examples=500, deadline=None)
def test_only_texts_with_a_known_start_are_no_strings(text: str) -> None:
    value = scalars.resolve(text)
    assert value == text or text[:1] in scalars.NOT_TEXT_STARTS


@given(st.integers(min_value=-(2**63), max_value=2**64 - 1))
def test_whole_numbers_of_64_bits_are_exact(number: int) -> None:
    assert scalars.resolve(str(number)) == number
    assert scalars.resolve(f"{number:#x}" if number >= 0 else str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_exact(number: float) -> None:
    assert scalars.resolve(f"{number:.17e}") == number


TAGGED = [
    ("str", "12", "12"),
    ("int", "12", 12),
    ("int", "0x1F", 31),
    ("float", "12", 12.0),
    ("float", "1e3", 1000.0),
    ("bool", "yes", True),
    ("null", "", None),
]


@pytest.mark.parametrize(("tag", "text", "value"), TAGGED)
def test_a_standard_tag_chooses_the_type(tag: str, text: str, value: object) -> None:
    resolved = scalars.resolve_tagged(scalars.STANDARD_TAG + tag, text)
    assert (resolved, type(resolved)) == (value, type(value))


@pytest.mark.parametrize(
    ("tag", "text"),
    [("int", "1.5"), ("bool", "1"), ("null", "x"), ("float", "x"), ("binary", "aGk="), ("int", "")],
)
def test_a_tag_that_contradicts_its_value_is_refused(tag: str, text: str) -> None:
    with pytest.raises(scalars.UnsupportedTag, match=f"!!{tag}"):
        scalars.resolve_tagged(scalars.STANDARD_TAG + tag, text)


def test_a_tag_of_ones_own_is_refused() -> None:
    with pytest.raises(scalars.UnsupportedTag, match="!secret"):
        scalars.resolve_tagged("!secret", "x")


KEYS: list[tuple[scalars.Scalar, str | None]] = [
    ("on", "on"),
    (True, "true"),
    (False, "false"),
    (12, "12"),
    (-1, "-1"),
    (2**63 - 1, "9223372036854775807"),
    (2**63, None),
    (None, None),
    # Go spells the keys of floats in single precision.
    (1.5, "1.5"),
    (-1.5, "-1.5"),
    (0.0, "0"),
    (1e5, "100000"),
    (123456.0, "123456"),
    (1e6, "1e+06"),
    (1234567.0, "1.234567e+06"),
    (0.0001, "0.0001"),
    (0.00001, "1e-05"),
    (0.1234567891, "0.12345679"),
    (16777217.0, "1.6777216e+07"),
    (1e-50, "0"),
    (3.5e38, ".inf"),
    (-3.5e38, "-.inf"),
    (math.inf, ".inf"),
    (math.nan, ".nan"),
]


@pytest.mark.parametrize(("value", "text"), KEYS)
def test_a_key_becomes_the_string_that_helm_makes_of_it(
    value: scalars.Scalar, text: str | None
) -> None:
    assert scalars.key_text(value) == text
