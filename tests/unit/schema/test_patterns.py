"""Patterns mean the same to Helm and to Python."""

import pytest

from carrel.schema.patterns import faults, fits


def test_a_final_newline_is_no_part_of_a_name() -> None:
    assert fits("^[a-z]+$", "campus")
    assert not fits("^[a-z]+$", "campus\n")


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        "^(sha256:[0-9a-f]{32}[0-9a-f]{32})?$",
        "^(/|https?://)[^ ]*$",
        r"^[0-9]+(\.[0-9]+)?Gi$",
        "^[^:|]*$",
    ],
)
def test_plain_patterns_may_be_used(pattern: str) -> None:
    assert faults(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("[a-z]+", "does not reach from ^ to $"),
        (r"^[a-z]+\$", "does not reach from ^ to $"),
        ("^a{0,253}$", "counts further than 32; use maxLength"),
        ("^a{64}$", "counts further than 32; use maxLength"),
        ("^(?!x)[a-z]+$", "has a group that is not a plain one"),
        ("^(?i)[a-z]+$", "has a group that is not a plain one"),
        (r"^\w+$", "has an escape other than that of a punctuation mark"),
        (r"^\d+$", "has an escape other than that of a punctuation mark"),
        (r"^(a)\1$", "has an escape other than that of a punctuation mark"),
        ("^[a-z]+?$", "has a lazy or possessive repetition"),
        ("^[[:alpha:]]+$", "has a character class that the two dialects read differently"),
        ("^a|b$", "has an alternative outside of a group, which ^ and $ do not enclose"),
        ("^(a$|b)$", "has an anchor in its middle"),
    ],
)
def test_patterns_that_mean_two_things_are_refused(pattern: str, fault: str) -> None:
    assert fault in faults(pattern)
