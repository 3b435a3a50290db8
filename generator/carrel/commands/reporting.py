"""Findings of a command, for the people in front of it."""

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from carrel.diagnostics import Diagnostic
from carrel.reporters import report_text
from carrel.terminal import wants_colour


def report(
    diagnostics: Iterable[Diagnostic], arguments: argparse.Namespace, stream: TextIO | None = None
) -> None:
    """Print findings as text, on standard error by default, in colours where that is wanted."""
    to = stream or sys.stderr
    report_text(diagnostics, to, colour=wants_colour(arguments.color, to, os.environ))
