"""The syntax of Go templates, as far as the templates of a Helm chart use it.

Source: the documentation of Go's package text/template.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_ACTION = re.compile(
    r"\{\{-?\s*(?P<comment>/\*.*?\*/)?(?P<code>(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|[^\"`}]|\}(?!\}))*?)"
    r"\s*-?\}\}",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?P<string>\"(?:\\.|[^\"\\])*\"|`[^`]*`)|(?P<number>[+-]?[0-9][0-9a-zA-Z_.]*)"
    r"|(?P<variable>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<dot>\.)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<mark>:=|[=|(),])|(?P<space>\s+)"
)


class TemplateSyntaxError(Exception):
    """A template that this module cannot read.

    Attributes:
        line: 1-based.
        message: what is not understood.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, or "" for a number, a boolean or nil."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`; `$` and `.` are the variables "$" and "."."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """`operand.name.name`."""

    operand: "Expression"
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`function argument …`; what a pipe passes on is the last argument."""

    function: "str | Expression"
    arguments: "tuple[Expression, ...]"


Expression: TypeAlias = Literal | Variable | Field | Call


@dataclass(frozen=True, slots=True)
class Node:
    """An action, with what stands inside it.

    Attributes:
        kind: "print", "if", "with", "range", "define", "template".
        line: where the action stands.
        expression: the pipeline, None for "define" and for a plain else.
        variables: what the pipeline is assigned to.
        declares: whether `:=` makes the variables, instead of `=`.
        name: of a definition or of the template that is run.
        body: what stands inside.
        otherwise: what stands behind else.
    """

    kind: str
    line: int
    expression: Expression | None = None
    variables: tuple[str, ...] = ()
    declares: bool = True
    name: str = ""
    body: list["Node"] = field(default_factory=list)
    otherwise: list["Node"] = field(default_factory=list)


def parse(text: str) -> list[Node]:
    """The actions of a template.

    Raises:
        TemplateSyntaxError: an action that is not understood, or blocks that do not match.
    """
    top: list[Node] = []
    open_blocks: list[tuple[Node | None, list[Node]]] = [(None, top)]
    for line, code in _actions(text):
        keyword, rest = _keyword(code)
        _, body = open_blocks[-1]
        if keyword in ("if", "with", "range", "define", "block"):
            node = _node(keyword, rest, line)
            body.append(node)
            open_blocks.append((node, node.body))
        elif keyword == "else":
            opened, _ = open_blocks.pop()
            if opened is None:
                raise TemplateSyntaxError(line, "else without if")
            if rest:
                # `else if` is an `if` inside the else, closed by the same end.
                inner = _node(*_keyword(rest), line)
                opened.otherwise.append(inner)
                open_blocks.append((inner, inner.body))
            else:
                open_blocks.append((opened, opened.otherwise))
        elif keyword == "end":
            if open_blocks.pop()[0] is None:
                raise TemplateSyntaxError(line, "end without a beginning")
        elif code and keyword not in ("break", "continue"):
            body.append(_node(keyword if keyword == "template" else "print", rest, line))
    if len(open_blocks) > 1:
        raise TemplateSyntaxError(text.count("\n") + 1, "an end is missing")
    return top


def _actions(text: str) -> Iterator[tuple[int, str]]:
    position, line = 0, 1
    while (start := text.find("{{", position)) >= 0:
        line += text.count("\n", position, start)
        match = _ACTION.match(text, start)
        if match is None:
            raise TemplateSyntaxError(line, "an action is not closed")
        yield line, match["code"].strip()
        line += text.count("\n", start, match.end())
        position = match.end()


_KEYWORDS = frozenset(
    {"if", "with", "range", "define", "block", "else", "end", "template", "break", "continue"}
)


def _keyword(code: str) -> tuple[str, str]:
    """The keyword of an action, "" where it has none, and the rest."""
    word = re.match(r"[a-z]*", code)
    keyword = word[0] if word else ""
    if keyword in _KEYWORDS and not re.match(r"\w|\.", code[len(keyword) :]):
        return keyword, code[len(keyword) :].strip()
    return "", code


def _node(kind: str, code: str, line: int) -> Node:
    tokens = _Tokens(code, line)
    name = ""
    if kind in ("define", "block", "template"):
        name = _string(tokens.take("string"))
    variables, declares = tokens.assignment()
    expression = None if tokens.at_end() else tokens.pipeline()
    if not tokens.at_end():
        raise TemplateSyntaxError(line, f"not understood: {code}")
    return Node(kind, line, expression, variables, declares, name)


def _string(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return str(json.loads(re.sub(r"\\(?![\"\\/bfnrtu])", r"\\\\", text)))


class _Tokens:
    """A reader of one action's tokens."""

    def __init__(self, code: str, line: int) -> None:
        self._line = line
        self._tokens: list[tuple[str, str, bool]] = []
        self._next = 0
        position, glued = 0, False
        while position < len(code):
            match = _TOKEN.match(code, position)
            if match is None or match.lastgroup is None:
                raise TemplateSyntaxError(line, f"not understood: {code[position:]}")
            if match.lastgroup != "space":
                self._tokens.append((match.lastgroup, match[0], glued))
            glued = match.lastgroup != "space"
            position = match.end()

    def at_end(self) -> bool:
        """Whether every token is taken."""
        return self._next == len(self._tokens)

    def take(self, kind: str) -> str:
        """The next token, which must be of a kind."""
        if self._peek() != kind:
            raise TemplateSyntaxError(self._line, f"a {kind} is missing")
        self._next += 1
        return self._tokens[self._next - 1][1]

    def assignment(self) -> tuple[tuple[str, ...], bool]:
        """The variables before `:=` or `=`, and whether it was `:=`; nothing where none is."""
        start, names = self._next, []
        while self._peek() == "variable":
            names.append(self.take("variable"))
            if self._mark(","):
                continue
            for sign in (":=", "="):
                if self._mark(sign):
                    return tuple(names), sign == ":="
            break
        self._next = start
        return (), True

    def pipeline(self) -> Expression:
        """Commands joined by `|`."""
        expression = self._command(())
        while self._mark("|"):
            expression = self._command((expression,))
        return expression

    def _command(self, piped: tuple[Expression, ...]) -> Expression:
        word = self.take("word") if self._peek() == "word" else None
        constant = word in ("true", "false", "nil")
        function = self._operand() if word is None else Literal("")
        arguments: list[Expression] = []
        while not self.at_end() and self._tokens[self._next][1] not in ("|", ")"):
            arguments.append(self._operand())
        if word is not None and not constant:
            return Call(word, (*arguments, *piped))
        if arguments or piped:
            return Call(function, (*arguments, *piped))
        return function

    def _operand(self) -> Expression:
        kind = self._peek()
        if kind == "string":
            operand: Expression = Literal(_string(self.take(kind)))
        elif kind == "number":
            operand = Literal(self.take(kind))
        elif kind == "word":
            word = self.take(kind)
            return Literal("") if word in ("true", "false", "nil") else Call(word, ())
        elif self._mark("("):
            operand = self.pipeline()
            if not self._mark(")"):
                raise TemplateSyntaxError(self._line, "a ) is missing")
        elif kind == "field":
            operand = Field(Variable("."), (self.take(kind)[1:],))
        elif kind in ("variable", "dot"):
            operand = Variable(self.take(kind))
        else:
            raise TemplateSyntaxError(self._line, "a value is missing")
        return self._fields(operand)

    def _fields(self, operand: Expression) -> Expression:
        names = []
        while self._peek() == "field" and self._tokens[self._next][2]:
            names.append(self.take("field")[1:])
        if not names:
            return operand
        if isinstance(operand, Field):
            return Field(operand.operand, (*operand.names, *names))
        return Field(operand, tuple(names))

    def _peek(self) -> str:
        return "" if self.at_end() else self._tokens[self._next][0]

    def _mark(self, text: str) -> bool:
        """Take the next token if it is this mark."""
        if self.at_end() or self._tokens[self._next][:2] != ("mark", text):
            return False
        self._next += 1
        return True
