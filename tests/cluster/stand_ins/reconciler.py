"""Test code, never shipped: what turns changes in a cluster into calls of the stand-ins."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Self

from tests.cluster.api import Api, ApiError, Body

Key = tuple[str, str]
"""Namespace and name."""

_PATIENCE = 0.2
_WATCH_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Controller:
    """One stand-in.

    Attributes:
        name: for messages.
        watches: resource → the objects to reconcile when one of that resource changes.
        reconcile: brings what belongs to one object into line. It may be called at any time.
    """

    name: str
    watches: Mapping[str, Callable[[Body], Iterable[Key]]]
    reconcile: Callable[[Api, Key], None]


class Reconciler:
    """Runs stand-ins against a server for as long as its context lasts."""

    def __init__(self, api: Api, controllers: Iterable[Controller]) -> None:
        self._api = api.separate()
        self._controllers = tuple(controllers)
        self._waiting: queue.Queue[tuple[Controller, Key]] = queue.Queue()
        self._pending: set[tuple[str, Key]] = set()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.faults: list[str] = []
        """What went wrong other than by a conflict or an absent object, which are retried."""

    def __enter__(self) -> Self:
        for controller in self._controllers:
            for resource, keys in controller.watches.items():
                self._spawn(self._watch, controller, resource, keys)
        self._spawn(self._work)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._api.hang_up()
        for thread in self._threads:
            thread.join()
        self._api.close()

    def _spawn(self, run: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _watch(
        self, controller: Controller, resource: str, keys: Callable[[Body], Iterable[Key]]
    ) -> None:
        while not self._over.is_set():
            try:
                for body in self._changes(resource):
                    for key in keys(body):
                        self._ask_for(controller, key)
                    if self._over.is_set():
                        return
            except (ApiError, OSError, HTTPException, LookupError, ValueError):
                # Not there yet, or there no more.
                self._over.wait(_PATIENCE)

    def _ask_for(self, controller: Controller, key: Key) -> None:
        """Have an object reconciled, once for all changes until then."""
        if (controller.name, key) not in self._pending:
            self._pending.add((controller.name, key))
            self._waiting.put((controller, key))

    def _changes(self, resource: str) -> Iterator[Body]:
        """Every object as it is now, and then each that changes, without end."""
        path = self._api.resource(resource).path()
        listed = self._api.request("GET", path).body
        yield from listed["items"] or ()
        version = listed["metadata"]["resourceVersion"]
        while not self._over.is_set():
            for event in self._api.watch(resource, version, _WATCH_SECONDS):
                if event["type"] == "ERROR":
                    return
                version = event["object"]["metadata"]["resourceVersion"]
                yield event["object"]

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                controller, key = self._waiting.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            self._pending.discard((controller.name, key))
            try:
                controller.reconcile(self._api, key)
            except ApiError as error:
                if error.status not in {404, 409}:
                    self.faults.append(f"{controller.name} {key}: {error}")
                if error.status == 409:
                    time.sleep(_PATIENCE / 4)
                    self._ask_for(controller, key)
            except (OSError, HTTPException, ValueError):
                # The end, or a server that is busy or has closed a connection that was idle.
                self._over.wait(_PATIENCE)
                self._ask_for(controller, key)
