"""One language server for all tests of a worker."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.editor.language_server import LanguageServer
from tests.editor.node import find_or_install, language_server

from carrel.tools.process import sealed_environment


@pytest.fixture(scope="session")
def editor(project_root: Path) -> Iterator[LanguageServer]:
    """The pinned language server, which reaches no network."""
    command = language_server(project_root, find_or_install(project_root))
    with (
        tempfile.TemporaryDirectory() as folder,
        LanguageServer(command, sealed_environment(Path(folder))) as server,
    ):
        yield server
