"""Versions as programs print them."""

import pytest

from carrel.tools.version import Version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.18.5", Version(3, 18, 5)),
        ("v3.18.5+gb78692c\n", Version(3, 18, 5)),
        ("v4.2", Version(4, 2, 0)),
        ("v4.2.0-rc.1+g12ab", Version(4, 2, 0, "rc.1")),
        ("go version go1.26.8 linux/amd64", Version(1, 26, 8)),
        ("development", None),
        ("", None),
    ],
)
def test_finds_the_version_in_what_a_program_prints(text: str, version: Version | None) -> None:
    assert Version.find(text) == version


@pytest.mark.parametrize(
    ("version", "reached"),
    [
        (Version(3, 18, 4), False),
        (Version(3, 18, 5, "rc.1"), False),
        (Version(3, 18, 5), True),
        (Version(3, 18, 6, "rc.1"), True),
        (Version(3, 20, 0), True),
        (Version(4, 0, 0), True),
    ],
)
def test_a_release_candidate_comes_before_its_release(version: Version, reached: bool) -> None:
    assert version.at_least(3, 18, 5) is reached
