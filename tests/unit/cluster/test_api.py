"""Questions to a cluster get a whole answer, or end in time."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from carrel.cluster import api
from carrel.cluster.api import Api
from carrel.errors import EnvironmentFault
from carrel.tools.threads import Threads


class Handler(BaseHTTPRequestHandler):
    def address_string(self) -> str:
        """Nothing: a socket in the file system has no address."""
        return ""

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(folder: Path, handler: type[BaseHTTPRequestHandler]) -> Iterator[Api]:
    place = folder / "api"
    with ThreadingUnixStreamServer(str(place), handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Api(place)
        finally:
            server.shutdown()


class Pages(Handler):
    """A list in three pages."""

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query).get("continue", ["0"])[0])
        metadata = {"continue": str(page + 1)} if page < 2 else {}
        content = json.dumps({"metadata": metadata, "items": [{"page": page}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)


def test_a_list_is_read_to_its_last_page(tmp_path: Path) -> None:
    with serving(tmp_path, Pages) as asked:
        assert asked.items("/api/v1/pods") == ({"page": 0}, {"page": 1}, {"page": 2})


class Stalling(Handler):
    """An answer that begins and does not go on."""

    begun = Event()
    over = Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.wfile.flush()
        self.begun.set()
        self.over.wait(60)


@pytest.fixture
def stalling(tmp_path: Path) -> Iterator[Api]:
    Stalling.begun.clear()
    Stalling.over.clear()
    with serving(tmp_path, Stalling) as asked:
        try:
            yield asked
        finally:
            Stalling.over.set()


def test_an_answer_that_does_not_end_is_given_up(
    stalling: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "TIMEOUT", 0.5)

    with pytest.raises(EnvironmentFault, match=r"no answer within 0\.5 seconds"):
        stalling.get("/version")


def test_ctrl_c_does_not_wait_for_the_rest_of_an_answer(stalling: Api) -> None:
    began = time.monotonic()

    with pytest.raises(KeyboardInterrupt), Threads() as threads:  # noqa: PT012
        waiting = threads.start(lambda: stalling.get("/version"))
        assert Stalling.begun.wait(30)
        raise KeyboardInterrupt

    assert isinstance(waiting.exception(), KeyboardInterrupt)
    assert time.monotonic() - began < 30
