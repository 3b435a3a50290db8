"""Waiting for several programs at the same time."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from carrel.tools import process

Result = TypeVar("Result")


def concurrently(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of the calls, in their order, made in threads: as many as there are cores.

    When one of them raises, or Ctrl-C arrives, the programs that the others wait for are killed
    before this returns.
    """
    stop = threading.Event()
    # Two at least: one of them mostly waits for a program.
    pool = ThreadPoolExecutor(max(2, min(len(calls), os.cpu_count() or 1)))
    try:
        futures = []
        for call in calls:
            context = copy_context()
            context.run(process.STOP.set, stop)
            futures.append(pool.submit(context.run, call))
        return [future.result() for future in futures]
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
