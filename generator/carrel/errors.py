"""What stops Carrel. A mistake in a user's file is none of these: it is a diagnostic."""

from typing import ClassVar


class CarrelError(Exception):
    """Base of every error that Carrel raises on purpose.

    `exit_code` is the process exit code of a command that the error ends.
    """

    exit_code: ClassVar[int] = 4


class UsageError(CarrelError):
    """The command line asks for something that cannot be meant. One sentence."""

    exit_code = 2


class EnvironmentFault(CarrelError):
    """The machine lacks what Carrel needs: a tool, a permission, room on the disk.

    Attributes:
        message: what was found and what is needed, without a full stop.
        remedy: what to do about it, as an imperative: "run `make tools`".
    """

    exit_code = 3

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}"
