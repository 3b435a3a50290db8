"""What a terminal can show."""

from collections.abc import Mapping
from typing import Literal, TextIO, TypeAlias

Choice: TypeAlias = Literal["auto", "always", "never"]


def wants_colour(choice: Choice, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to write colours to a stream.

    Args:
        choice: what the command line says, which wins.
        stream: where the text goes; only a terminal gets colours unasked.
        environment: NO_COLOR and FORCE_COLOR count when they are set to anything but nothing
            (no-color.org, force-color.org), NO_COLOR more; a TERM of `dumb` is no terminal.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"
