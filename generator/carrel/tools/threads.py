"""Waiting for several programs at the same time."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Self, TypeVar

from carrel.tools import process

Result = TypeVar("Result")


class Threads:
    """Threads to wait for programs in, as many as there are cores; a context manager.

    When the body ends by an exception, Ctrl-C included, the programs that threads still wait for
    are killed before the exception goes on. Otherwise its end waits for all of them.
    """

    def __init__(self) -> None:
        # Two at least: one of them mostly waits.
        self._pool = ThreadPoolExecutor(max(2, os.cpu_count() or 1))
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def start(self, call: Callable[[], Result]) -> "Future[Result]":
        """Make the call in a thread as soon as one is free."""
        context = copy_context()
        context.run(process.STOP.set, self._stop)
        return self._pool.submit(context.run, call)
