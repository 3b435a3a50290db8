"""Colours go where somebody sees them or has asked for them."""

import io
from collections.abc import Mapping

import pytest

from carrel.terminal import Choice, wants_colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "in_terminal", "in_file"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "xterm"}, True, False),
    ],
)
def test_the_environment_decides_unless_the_command_line_does(
    environment: Mapping[str, str], in_terminal: bool, in_file: bool
) -> None:
    def wants(choice: Choice) -> list[bool]:
        return [wants_colour(choice, each, environment) for each in (Terminal(), io.StringIO())]

    assert wants("auto") == [in_terminal, in_file]
    assert wants("always") == [True, True]
    assert wants("never") == [False, False]
