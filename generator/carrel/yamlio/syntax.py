"""Sentences for text that is not YAML: libyaml names what its scanner wanted, people need more."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from carrel.yamlio.findings import Finding
from carrel.yamlio.positions import Mark, mark_of

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Sentence(NamedTuple):
    """What to say of one of libyaml's problems.

    Attributes:
        message: may name {character}, {line} and {column} of the problem.
        hint: what to write instead.
        at_start: it is best shown where the construct begins, not where reading stopped.
    """

    message: str
    hint: str = ""
    at_start: bool = False


_QUOTE = "put the text in quotes"
_ESCAPE = "write \\\\ for a backslash, or use single quotes"

_TAG = _Sentence("a plain text cannot start with !", _QUOTE, True)
_BLOCK = _Sentence(
    "only +, - or a digit can follow | or > on its line", "start the text on the next line"
)
_DIRECTIVE = _Sentence("a line cannot start with %", _QUOTE, True)
_OTHER = _Sentence("this is not YAML")

_BY_CONTEXT: Mapping[str, _Sentence] = MappingProxyType(
    {
        "while scanning a tag": _TAG,
        "while parsing a tag": _TAG,
        "while scanning a block scalar": _BLOCK,
        "while scanning a directive": _DIRECTIVE,
        "while scanning a %YAML directive": _DIRECTIVE,
        "while scanning a %TAG directive": _DIRECTIVE,
    }
)

_BY_PROBLEM: Mapping[str, _Sentence] = MappingProxyType(
    {
        "found character that cannot start any token": _Sentence(
            "a plain text cannot start with {character}", _QUOTE
        ),
        "mapping values are not allowed in this context": _Sentence(
            "there cannot be a key before this ':'",
            "put a text that contains ': ' in quotes, or align the key with its neighbours",
        ),
        "found unexpected ':'": _Sentence(
            "a plain text inside [ ] or {{ }} cannot contain ':'", _QUOTE, True
        ),
        "mapping keys are not allowed in this context": _Sentence(
            "a plain text cannot start with '? '", _QUOTE
        ),
        "block sequence entries are not allowed in this context": _Sentence(
            "a list cannot start on the line of its key", "start it on the next line"
        ),
        "did not find expected key": _Sentence(
            "this is neither a key nor the end of the mapping that starts on line {start}",
            "align keys with their neighbours; quote the whole of a text or nothing of it",
        ),
        "did not find expected '-' indicator": _Sentence(
            "this is not an item of the list that starts on line {start}",
            "start every item with '- ', aligned with its neighbours",
        ),
        "did not find expected ',' or ']'": _Sentence(
            "this list is not closed before line {line}", "end it with ]", True
        ),
        "did not find expected ',' or '}'": _Sentence(
            "this mapping is not closed before line {line}", "end it with }", True
        ),
        "did not find expected node content": _Sentence(
            "there must be a value before {character}", "write it, or put the text in quotes"
        ),
        "could not find expected ':'": _Sentence(
            "this is no key, for no ':' follows", "write 'key: value' or '- item'", True
        ),
        "found unexpected end of stream": _Sentence(
            "this quoted text is never closed", "end it with the same quote", True
        ),
        "found unexpected document indicator": _Sentence(
            "this quoted text is not closed before line {line}", "end it with the same quote", True
        ),
        "found unknown escape character": _Sentence(
            "a double-quoted text cannot contain this escape", _ESCAPE
        ),
        "did not find expected hexdecimal number": _Sentence(
            "this escape needs more hexadecimal digits", _ESCAPE
        ),
        "found invalid Unicode character escape code": _Sentence(
            "this escape is no Unicode character", _ESCAPE
        ),
        "did not find expected alphabetic or numeric character": _Sentence(
            "a plain text cannot start with * or &", _QUOTE, True
        ),
        "did not find expected comment or line break": _BLOCK,
        "found undefined tag handle": _TAG,
        "found incompatible YAML document": _DIRECTIVE,
        "did not find expected <document start>": _Sentence(
            "the document has ended before this, and Helm would ignore it", "remove it"
        ),
    }
)


def finding(error: YAMLError, text: str) -> Finding:
    """What the parser says of a text, as a finding.

    Args:
        error: what it raised.
        text: all that it was given, without a byte order mark.
    """
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return _unprintable(text) or Finding("E007", _OTHER.message, mark_of(0, 0))
    where, start = error.problem_mark, error.context_mark or error.problem_mark
    problem, context = str(error.problem), str(error.context)
    line = line_at(text, where.line)
    tab = _indenting_tab(line, where.column)
    if tab is not None or "tab character" in problem:
        column = where.column if tab is None else tab
        message = "a tab cannot indent a line"
        return Finding("E006", message, mark_of(where.line, column), (), "use spaces")
    sentence = _BY_PROBLEM.get(problem) or _BY_CONTEXT.get(context, _OTHER)
    message = sentence.message.format(
        character=repr(line[where.column]) if where.column < len(line) else "the text ends",
        line=where.line + 1,
        start=start.line + 1,
    )
    best = start if sentence.at_start else where
    return Finding("E007", message, mark_of(best.line, best.column), (), sentence.hint)


def _unprintable(text: str) -> Finding | None:
    """The first character that YAML forbids."""
    match = _FORBIDDEN.search(text)
    if match is None:
        return None
    message = f"the control character U+{ord(match[0]):04X} is not allowed"
    return Finding("E005", message, mark_at(text, match.start()), (), "remove it")


def mark_at(text: str, offset: int) -> Mark:
    """The place of a character in a text."""
    before = _LINE_BREAK.split(text[:offset])
    return mark_of(len(before) - 1, len(before[-1]))


def line_at(text: str, number: int) -> str:
    """A line of a text, counted from 0 as the parser counts; nothing after the last one."""
    lines = _LINE_BREAK.split(text, maxsplit=number + 1)
    return lines[number] if number < len(lines) else ""


def _indenting_tab(line: str, column: int) -> int | None:
    """The column of a tab among the white space before a column, if all before it is white."""
    indentation = line[: column + 1]
    if "\t" not in indentation or indentation.strip(" \t-"):
        return None
    return indentation.index("\t")
