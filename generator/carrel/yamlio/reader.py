"""Reading files of values as Helm reads them, and rendered objects, with limits on everything."""

import errno
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import DocumentStartEvent

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.yamlio import comments, syntax
from carrel.yamlio.comments import Comment
from carrel.yamlio.composer import ComposedDocument, Composer
from carrel.yamlio.findings import Finding, Unreadable
from carrel.yamlio.positions import Literals, Mark, Spans, column_of, line_of, mark_of, span_of

MAX_BYTES = 5_000_000
"""Size of a values file. A thousand tenants take one."""

# Kubernetes keeps whole numbers of 64 bits, and Helm's values do not.
_MEANT_FOR_VALUES = "E017"


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one file.

    Attributes:
        values: what Helm reads.
        keys: where each key was written.
        spans: where each value was written.
        literals: how each number, boolean and null was written.
        comments: those that are addressed to Carrel.
    """

    values: dict[str, object]
    keys: Mapping[Path, Span]
    spans: Mapping[Path, Span]
    literals: Mapping[Path, str]
    comments: tuple[Comment, ...] = ()


class Malformed(Exception):
    """A text is not YAML that Kubernetes could read.

    Attributes:
        line: 1-based.
        column: 1-based.
        message: what is wrong, without a full stop.
    """

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line = line
        self.column = column
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


def read_file(path: FilePath, shown_as: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """As `read_values`, from a file that may not be there or not be a file.

    Args:
        path: the file.
        shown_as: the path that diagnostics name.
    """
    start = Span(shown_as, 1, 1)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return _refusal("E002", "this is a folder, not a file", start)
        if not stat.S_ISREG(status.st_mode):
            return _refusal("E002", "this is not a regular file", start)
        if status.st_size > MAX_BYTES:
            return _too_large(status.st_size, start)
        with path.open("rb") as stream:
            # One byte more, for a file that has grown meanwhile.
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        linked = path.is_symlink()
        message = "the link leads to no file" if linked else "there is no such file"
        return _refusal("E001", message, start)
    except OSError as error:
        return _refusal("E002", _reason(error), start)
    return read_values(data, shown_as)


def read_values(data: bytes, file: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """The values in a file, and everything that is wrong with it as YAML.

    The document is None when the text cannot be read to its end. With a document there may still
    be errors, such as a key that is there twice; the last one counts then, as it does for Helm.

    Args:
        data: the content.
        file: the path that positions name.
    """
    start = Span(file, 1, 1)
    if len(data) > MAX_BYTES:
        return _too_large(len(data), start)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        good = data[: error.start].decode("utf-8-sig")
        message = f"the byte 0x{byte:02X} is not UTF-8"
        span = span_of(syntax.mark_at(good, len(good)), file)
        return _refusal("E004", message, span, "save the file as UTF-8")
    composer = Composer(data)
    found = composer.findings
    try:
        first = composer.next_document()
        second = composer.next_start() if first else None
    except YAMLError as error:
        return None, _diagnostics([*found, syntax.finding(error, text)], file)
    except Unreadable as error:
        return None, _diagnostics([*found, error.finding], file)
    diagnostics = _diagnostics([*found, *_judge_document(first, second, text)], file)
    if first is None or first.value is None:
        return Document({}, {}, {}, {}, comments.addressed(text)), diagnostics
    if not isinstance(first.value, dict):
        return None, diagnostics
    place = first.place
    keys, spans = Spans(place, file, "key"), Spans(place, file, "value")
    addressed = comments.addressed(text)
    return Document(first.value, keys, spans, Literals(place), addressed), diagnostics


def _judge_document(
    first: ComposedDocument | None, second: DocumentStartEvent | None, text: str
) -> list[Finding]:
    """What is wrong with the document as a whole."""
    found = []
    if first is None or first.value is None:
        found.append(Finding("W001", "the file holds no values", 0))
    elif not isinstance(first.value, dict):
        message = "values must be a mapping at the top level"
        found.append(Finding("E010", message, first.place[1], (), "write 'key: value'"))
    if second is not None:
        mark = _mark(second)
        message = "a values file holds one document only"
        found.append(Finding("E009", message, mark, (), "remove this line or move what follows"))
    if first is not None and first.start.explicit:
        mark = _mark(first.start)
        if first.start.version or first.start.tags:
            message = "directives (%) are not supported"
            found.append(Finding("E007", message, mark, (), "remove them"))
        elif syntax.line_at(text, line_of(mark) - 1).rstrip() != "---":
            message = "Helm 4 allows nothing after --- on its line"
            found.append(Finding("E007", message, mark, (), "remove the line"))
    return found


def _mark(start: DocumentStartEvent) -> Mark:
    return mark_of(start.start_mark.line, start.start_mark.column)


def read_objects(text: str | bytes) -> list[object]:
    """The documents of a stream, as Kubernetes reads them; an empty document is None.

    Raises:
        Malformed: the text is not YAML, has a key twice, or exceeds the limits of the composer.
    """
    try:
        data = text.encode() if isinstance(text, str) else text
        composer = Composer(data)
        bodies = []
        while (document := composer.next_document()) is not None:
            bodies.append(document.value)
    except UnicodeError as error:
        raise Malformed(1, 1, "the text is not UTF-8") from error
    except YAMLError as error:
        raise _not_yaml(error, data) from error
    except Unreadable as error:
        raise _malformed(error.finding) from error
    for finding in composer.findings:
        if finding.code.startswith("E") and finding.code != _MEANT_FOR_VALUES:
            raise _malformed(finding)
    return bodies


def _not_yaml(error: YAMLError, data: bytes) -> Malformed:
    try:
        return _malformed(syntax.finding(error, data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return Malformed(1, 1, "the text is not UTF-8")


def _malformed(finding: Finding) -> Malformed:
    where = f"{dotted(finding.path)}: " if finding.path else ""
    return Malformed(line_of(finding.mark), column_of(finding.mark), where + finding.message)


def _reason(error: OSError) -> str:
    """Why a file cannot be read."""
    if error.errno == errno.ELOOP:
        return "the symbolic links lead in a circle"
    if error.errno == errno.EACCES:
        return "you are not permitted to read this file"
    return f"the file cannot be read: {error.strerror or error}"


def _too_large(size: int, start: Span) -> tuple[None, tuple[Diagnostic, ...]]:
    allowed = f"a values file may have {MAX_BYTES / 1e6:.0f} MB"
    return _refusal("E003", f"the file has {size / 1e6:.1f} MB; {allowed}", start)


def _refusal(
    code: str, message: str, span: Span, hint: str = ""
) -> tuple[None, tuple[Diagnostic, ...]]:
    return None, (Diagnostic(code, Severity.ERROR, message, span, "", hint),)


def _diagnostics(findings: Iterable[Finding], file: str) -> tuple[Diagnostic, ...]:
    """Findings as they concern the user's file."""
    return tuple(
        Diagnostic(
            code,
            Severity.WARNING if code.startswith("W") else Severity.ERROR,
            message,
            span_of(mark, file),
            dotted(path),
            hint,
        )
        for code, message, mark, path, hint in findings
    )
