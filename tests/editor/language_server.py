"""A language server as an editor talks to it: JSON-RPC over its standard input and output."""

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

SECONDS = 60
"""How long one answer may take before the server counts as stuck."""

_SETTINGS = {
    "yaml": {
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "validate": True,
    }
}
"""An editor's defaults, except that no list of public schemas is fetched."""


class LanguageServer:
    """One running server with its open documents.

    Positions are zero-based pairs of line and column, as the protocol has them.
    """

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
        )
        self._last_id = 0
        self._last_version = 0
        self._findings: dict[str, list[dict[str, Any]]] = {}
        self._settings: dict[str, Any] = _SETTINGS

    def __enter__(self) -> Self:
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True},
        }
        self._ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("shutdown", None)
            self._tell("exit", None)
        finally:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process.wait()

    def findings(self, file: Path, text: str) -> list[dict[str, Any]]:
        """What is underlined in `file` while it holds `text`."""
        uri = self._open(file, text)
        while uri not in self._findings:
            self._handle(self._read())
        found = self._findings[uri]
        self._close(uri)
        return found

    def completions(self, file: Path, text: str, line: int, column: int) -> dict[str, str]:
        """Label → text to insert of everything offered at a position."""
        answer = self._at("textDocument/completion", file, text, line, column)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: item.get("insertText", item["label"]) for item in items}

    def hover(self, file: Path, text: str, line: int, column: int) -> str:
        """The Markdown shown at a position."""
        answer = self._at("textDocument/hover", file, text, line, column)
        return str(answer["contents"]["value"]) if answer else ""

    def _at(self, method: str, file: Path, text: str, line: int, column: int) -> Any:
        uri = self._open(file, text)
        position = {"line": line, "character": column}
        answer = self._ask(method, {"textDocument": {"uri": uri}, "position": position})
        self._close(uri)
        return answer

    def _open(self, file: Path, text: str) -> str:
        uri = file.as_uri()
        # Of two texts with the same version, the server may know the first only.
        self._last_version += 1
        version = self._last_version
        document = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def _close(self, uri: str) -> None:
        document = {"textDocument": {"uri": uri}}
        self._tell("textDocument/didClose", document)
        # Closing takes every finding back; what is answered afterwards is said afterwards.
        self._ask("textDocument/documentLink", document)
        self._findings.pop(uri, None)

    def _ask(self, method: str, params: object) -> Any:
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._last_id and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]
            self._handle(message)

    def _tell(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _handle(self, message: Mapping[str, Any]) -> None:
        """Answer what the server asks and keep what it finds."""
        params = message.get("params")
        if message.get("method") == "textDocument/publishDiagnostics":
            self._findings[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [item.get("section", "") for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": [self._settings.get(w) for w in wanted]})
        elif "method" in message and "id" in message:
            assert params is None or isinstance(params, dict | list)
            self._send({"id": message["id"], "result": None})

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """The next message; a server that is stuck is killed, which ends the wait."""
        assert self._process.stdout is not None
        watch = threading.Timer(SECONDS, self._process.kill)
        watch.start()
        try:
            length = 0
            while header := self._process.stdout.readline().strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = self._process.stdout.read(length)
        finally:
            watch.cancel()
        assert body, "the language server ended or was stuck"
        message: dict[str, Any] = json.loads(body)
        return message
