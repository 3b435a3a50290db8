"""Which values the chart's templates read: the templates are run on paths instead of values.

Blocks that travel through variables, `dict` arguments and `range` keep their path, so that a helper
which takes "component" is known to read the values of every component that it is called with.
Where a template may go either way, it goes both ways.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carrel.build import template_syntax as syntax
from carrel.build.template_syntax import Expression, Node
from carrel.build.template_values import (
    CHOOSING,
    KEEPING,
    ROOT,
    TESTS,
    UNKNOWN,
    Either,
    Items,
    Map,
    Ref,
    Text,
    Value,
    asked_for,
    either,
    entries,
    key_arguments,
    printf,
    step,
    texts,
)

WALKING = frozenset({"carrel.deprecations.below", "carrel.validate.components"})
"""Templates that go through all values of a kind to judge them, and render none of them."""


@dataclass(frozen=True, slots=True)
class Read:
    """A use of a value.

    Attributes:
        path: below .Values, with `EACH` for entries.
        whole: whether what is below the value is used too, not only whether there is anything.
        file: the template.
        line: where in it.
        rendered: the file whose rendering gets there; another than `file` for a helper's read.
    """

    path: tuple[str, ...]
    whole: bool
    file: str
    line: int
    rendered: str


class TemplateFault(Exception):
    """A template that cannot be followed; the arguments are file, line and message."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line, self.message = file, line, message


def reads(templates: Mapping[str, str]) -> frozenset[Read]:
    """Every use of a value in a chart.

    Args:
        templates: path → text of each file below templates/.

    Raises:
        TemplateFault: a file is no template, or runs a template that is not defined.
    """
    parsed: dict[str, list[Node]] = {}
    for file, text in templates.items():
        try:
            parsed[file] = syntax.parse(text)
        except syntax.TemplateSyntaxError as error:
            raise TemplateFault(file, error.line, error.message) from error
    defined = {
        node.name: (file, node)
        for file, nodes in parsed.items()
        for node in nodes
        if node.kind == "define"
    }
    found: set[Read] = set()
    for file, nodes in parsed.items():
        _Frame(_Run(file, defined, found), file, ROOT).run(nodes)
    return frozenset(found)


class _Run:
    """What the frames of one file's rendering share."""

    def __init__(
        self, rendered: str, defined: Mapping[str, tuple[str, Node]], found: set[Read]
    ) -> None:
        self.rendered = rendered
        self.defined = defined
        self.found = found
        self._done: set[tuple[str, Value]] = set()

    def template(self, name: str, dot: Value) -> None:
        """Run a definition, once for every argument."""
        file, node = self.defined[name]
        if (name, dot) not in self._done and name not in WALKING:
            self._done.add((name, dot))
            _Frame(self, file, dot).run(node.body)


class _Frame:
    """One run of a file or a definition."""

    def __init__(self, run: _Run, file: str, dot: Value) -> None:
        self._run, self._file, self._line = run, file, 0
        self._variables: dict[str, Value] = {"$": dot, ".": dot}

    def run(self, nodes: Iterable[Node]) -> None:
        """Run actions one after another."""
        for node in nodes:
            self._line = node.line
            if node.kind != "define":
                getattr(self, f"_{node.kind}", self._block)(node)

    def _print(self, node: Node) -> None:
        value = self._value(node.expression)
        if node.variables:
            self._assign(node.variables[0], value, declares=node.declares)
        else:
            self._use(value)

    def _template(self, node: Node) -> None:
        self._include(node.name, self._value(node.expression) if node.expression else UNKNOWN)

    def _if(self, node: Node) -> None:
        self._use(self._value(node.expression), whole=False)
        self._branches(node)

    def _with(self, node: Node) -> None:
        value = self._value(node.expression)
        self._use(value, whole=False)
        self._branches(node, [(value, value)])

    def _range(self, node: Node) -> None:
        value = self._value(node.expression)
        self._use(value, whole=False)
        self._branches(node, list(entries(value)))

    def _block(self, node: Node) -> None:
        self._include(node.name, self._value(node.expression))

    def _branches(self, node: Node, turns: list[tuple[Value, Value]] | None = None) -> None:
        """Run the body once for each pair of key and value, then what stands behind else."""
        for key, value in turns if turns is not None else [(UNKNOWN, self._variables["."])]:
            outside = dict(self._variables)
            self._variables["."] = value
            for variable, bound in zip(
                node.variables, [key, value][-len(node.variables) :], strict=False
            ):
                self._variables[variable] = bound
            self.run(node.body)
            self._leave(outside)
        outside = dict(self._variables)
        self.run(node.otherwise)
        self._leave(outside)

    def _leave(self, outside: dict[str, Value]) -> None:
        """Forget what a block declared; keep what it assigned to variables from outside."""
        inside = self._variables
        self._variables = {name: inside[name] for name in outside} | {".": outside["."]}

    def _assign(self, name: str, value: Value, *, declares: bool) -> None:
        before = self._variables.get(name, UNKNOWN)
        self._variables[name] = value if declares else either((before, value))

    def _include(self, name: str, dot: Value) -> None:
        if name not in self._run.defined:
            raise TemplateFault(self._file, self._line, f"there is no template {name}")
        self._run.template(name, dot)

    def _use(self, value: Value, *, whole: bool = True) -> None:
        """Record that a value is used."""
        if isinstance(value, Ref):
            if value.path[:1] == ("Values",):
                self._run.found.add(
                    Read(value.path[1:], whole, self._file, self._line, self._run.rendered)
                )
        elif isinstance(value, Map):
            for _, entry in value.entries:
                self._use(entry, whole=whole)
        elif isinstance(value, Items | Either):
            for item in value.items if isinstance(value, Items) else value.options:
                self._use(item, whole=whole)

    def _value(self, expression: Expression | None) -> Value:
        if isinstance(expression, syntax.Literal):
            return Text(expression.text)
        if isinstance(expression, syntax.Variable):
            return self._variables.get(expression.name, UNKNOWN)
        if isinstance(expression, syntax.Field):
            value = self._value(expression.operand)
            for name in expression.names:
                value = step(value, name)
            return value
        if isinstance(expression, syntax.Call):
            return self._call(expression)
        return UNKNOWN

    def _call(self, call: syntax.Call) -> Value:
        arguments = [self._value(each) for each in call.arguments]
        if not isinstance(call.function, str):
            self._value(call.function)
        elif call.function == "include":
            names = list(texts(arguments[0]))
            if not names:
                raise TemplateFault(self._file, self._line, "it is unknown what include runs")
            for name in names:
                self._include(name, arguments[1])
            return UNKNOWN
        elif call.function in KEEPING:
            for key in key_arguments(call.function, arguments):
                self._use(key)
            return KEEPING[call.function](arguments)
        elif call.function == "printf" and (text := printf(arguments)) != UNKNOWN:
            return text
        elif call.function in TESTS:
            for argument in (*arguments, *asked_for(call.function, arguments)):
                self._use(argument, whole=False)
            return UNKNOWN
        elif call.function in CHOOSING:
            return either(arguments)
        for argument in arguments:
            self._use(argument)
        return UNKNOWN
