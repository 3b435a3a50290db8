"""One sentence for each way in which a value can break the schema."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.schema import hints
from carrel.schema.bundle import Schema
from carrel.schema.conditions import condition
from carrel.schema.positions import Positions
from carrel.schema.source import Node

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_MOST_KEYS_LISTED = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """A validator's error beside what is known about the value.

    Attributes:
        keyword: the keyword of the schema that the value breaks.
        limit: what the schema says for that keyword.
        value: the value.
        path: where the value is.
        node: the schema that holds the keyword, with the annotations of the value's own.
        positions: where things were written.
        schema: the whole schema.
        condition: the other values that make this one wrong: "while mode is demo, ", or "".
    """

    keyword: str
    limit: Any
    value: Any
    path: Path
    node: Node
    positions: Positions
    schema: Schema
    condition: str

    @property
    def literal(self) -> str:
        """How a number or boolean was written, "" where that is not known."""
        return self.positions.literal(self.path) or ""

    @property
    def key(self) -> str:
        """The last key of the path."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")

    def diagnostic(self, code: str, message: str, hint: str = "") -> Diagnostic:
        """A diagnostic at the value."""
        span = self.positions.value(self.path)
        text = f"{self.condition}{message}"
        return Diagnostic(code, Severity.ERROR, text, span, dotted(self.path), hint)


def diagnostics(
    error: "ValidationError", positions: Positions, schema: Schema
) -> Iterator[Diagnostic]:
    """What `error` means to whoever wrote the values."""
    path = tuple(error.absolute_path)
    steps = list(error.absolute_schema_path)
    node = {**(schema.at(path) or {}), **(error.schema if isinstance(error.schema, dict) else {})}
    finding = Finding(
        keyword=str(error.validator),
        limit=error.validator_value,
        value=error.instance,
        path=path,
        node=node,
        positions=positions,
        schema=schema,
        condition=condition(schema.root, steps),
    )
    if "propertyNames" in steps[-2:-1]:
        yield _unusable_name(finding)
        return
    yield from _SENTENCES.get(finding.keyword, _other)(finding)


def unknown_key(path: Path, known: Mapping[str, Any], span: Span | None, root: Node) -> Diagnostic:
    """The diagnostic for the key at the end of `path`, beside which only `known` may stand."""
    word = str(path[-1])
    known = {name: node for name, node in known.items() if "x-removed" not in node}
    meant = hints.did_you_mean(word, known)
    if meant:
        hint = f"did you mean {meant}?"
    elif places := _places(word, root):
        hint = f"it belongs in {hints.listed(places)}"
    elif not known:
        hint = "no key is known here"
    elif len(known) <= _MOST_KEYS_LISTED:
        hint = f"known here: {', '.join(known)}"
    else:
        hint = "docs/values.md lists the keys"
    return Diagnostic("E101", Severity.ERROR, "unknown key", span, dotted(path), hint)


def _places(word: str, root: Node) -> list[str]:
    """Up to two blocks in which `word` is a key, none if there are more."""
    found: list[str] = []

    def search(node: Node, path: Path) -> None:
        properties = node.get("properties", {})
        if path and "x-removed" not in properties.get(word, {"x-removed": True}):
            found.append(dotted(path))
        for name, below in properties.items():
            if isinstance(below, dict) and "x-kubernetes" not in below:
                search(below, (*path, name))

    search(root, ())
    return found if len(found) <= 2 else []


def _unknown_keys(finding: Finding) -> Iterator[Diagnostic]:
    known = finding.node.get("properties", {})
    for name in finding.value:
        if name not in known:
            path = (*finding.path, name)
            yield unknown_key(path, known, finding.positions.key(path), finding.schema.root)


def _missing_keys(finding: Finding) -> Iterator[Diagnostic]:
    for name in finding.limit:
        if name in finding.value:
            continue
        path = (*finding.path, name)
        node = finding.schema.at(path) or {}
        removal = finding.positions.removal(path)
        if removal:
            message = "null removes a value that the chart needs; leave the key out or give a value"
            yield Diagnostic("E111", Severity.ERROR, message, removal, dotted(path))
            continue
        example = _example(node)
        message = f"{finding.condition}this key is missing"
        message += f"; write {name}: {example}" if example else ""
        span = finding.positions.key(finding.path)
        hint = "" if example else _purpose(node)
        yield Diagnostic("E102", Severity.ERROR, message, span, dotted(path), hint)


def _wrong_type(finding: Finding) -> Iterator[Diagnostic]:
    value, node = finding.value, finding.node
    wanted = hints.wanted(node, finding.key)
    if value is None:
        default = f" to keep {hints.literal(node['default'])}" if "default" in node else ""
        message = f"null is no value, {wanted} is wanted; leave the key out{default} or give one"
    elif isinstance(value, dict | list):
        example = _example(node)
        message = f"{hints.kind(value)} is given, {wanted} is wanted"
        message += f"; write for example {example}" if example else ""
    else:
        written = hints.conversion(value, node, finding.key, finding.literal)
        message = f"{_identified(value, finding.literal)}, {wanted} is wanted"
        message += f"; write {written}" if written else _for_example(node)
    yield finding.diagnostic("E103", message)


def _identified(value: object, literal: str) -> str:
    """What a value is, and what it was written as where that looks like something else."""
    text = hints.literal(value)
    if literal in ("", text):
        return f"{text} is {hints.kind(value)}"
    return f"{literal} without quotes is the {hints.kind(value).split()[-1]} {text}"


def _not_a_choice(finding: Finding) -> Iterator[Diagnostic]:
    choices = finding.limit if finding.keyword == "enum" else [finding.limit]
    meant = ""
    if isinstance(finding.value, str):
        # Of version numbers the nearest is no better guess than any other.
        words = [each for each in choices if isinstance(each, str) and each[:1].isalpha()]
        meant = hints.did_you_mean(finding.value, words)
    message = f"{hints.literal(finding.value)} is not a choice; write {hints.listed(choices)}"
    yield finding.diagnostic("E104", message, f"did you mean {meant}?" if meant else "")


def _wrong_form(finding: Finding) -> Iterator[Diagnostic]:
    yield finding.diagnostic("E105", _form_sentence(finding.value, finding.node, finding.limit))


def _form_sentence(value: str, node: Node, pattern: str) -> str:
    if not value:
        return "this must not be empty" + _for_example(node)
    form = hints.form(pattern)
    given = hints.literal(value)
    message = f"{given} is not {form}" if form else f"{given} does not have the form wanted here"
    repaired = hints.repair(value, pattern)
    return message + (f"; write {hints.written(repaired)}" if repaired else _for_example(node))


def _unusable_name(finding: Finding) -> Diagnostic:
    """The key of a map entry breaks `propertyNames`; the value is the key, the path is the map."""
    path = (*finding.path, finding.value)
    named = (finding.schema.at(finding.path) or {}).get("x-key")
    noun = f" of a {named}" if named else ""
    if finding.keyword == "pattern":
        message = _form_sentence(finding.value, finding.node, finding.limit)
    else:
        message = f"{_length_sentence(finding)}"
    span = finding.positions.key(path)
    return Diagnostic("E109", Severity.ERROR, f"as the name{noun}, {message}", span, dotted(path))


def _out_of_range(finding: Finding) -> Iterator[Diagnostic]:
    limit = hints.literal(finding.limit)
    fault, remedy = {
        "minimum": ("too small", f"{limit} or more"),
        "maximum": ("too large", f"{limit} or less"),
        "exclusiveMinimum": ("too small", f"more than {limit}"),
        "multipleOf": ("between two steps", f"a multiple of {limit}"),
    }[finding.keyword]
    unit = hints.unit_of(finding.node, finding.key)
    value = hints.literal(finding.value) + (f" {unit}" if unit else "")
    yield finding.diagnostic("E106", f"{value} is {fault}; write {remedy}")


def _wrong_length(finding: Finding) -> Iterator[Diagnostic]:
    yield finding.diagnostic("E107", _length_sentence(finding))


def _length_sentence(finding: Finding) -> str:
    value, limit = finding.value, finding.limit
    part = {"str": "character", "list": "item"}.get(type(value).__name__, "key")
    if not value:
        message = "this must not be empty"
        return message + _for_example(finding.node)
    bound = "at least" if finding.keyword.startswith("min") else "at most"
    given = hints.literal(value) if isinstance(value, str) else hints.kind(value)
    return f"{given} has {_counted(len(value), part)}; write {bound} {_counted(limit, part)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _repeated_items(finding: Finding) -> Iterator[Diagnostic]:
    for index, item in enumerate(finding.value):
        first = finding.value.index(item)
        if first < index:
            path = (*finding.path, index)
            message = f"{hints.literal(item)} is in the list already; remove one of the two"
            span = finding.positions.value(path)
            yield Diagnostic("E108", Severity.ERROR, message, span, dotted(path))


def _other(finding: Finding) -> Iterator[Diagnostic]:
    message = f"{hints.literal(finding.value)} is not allowed here"
    yield finding.diagnostic("E110", message)


def _example(node: Node) -> str:
    """A value as it could be written: the first example, or a default that says something."""
    examples = node.get("examples") or [node.get("default"), *node.get("enum", ())]
    value = next((each for each in examples if each not in (None, "", [], {})), None)
    if value is None:
        return ""
    return hints.written(value)


def _for_example(node: Node) -> str:
    """The end of a sentence that shows what to write."""
    if "enum" in node:
        return f"; write {hints.listed(node['enum'])}"
    example = _example(node)
    return f"; write for example {example}" if example else ""


def _purpose(node: Node) -> str:
    """The first sentence of a description, as a hint."""
    words = str(node.get("description", "the chart needs it"))
    return words.split(". ")[0].rstrip(".")


_SENTENCES: Mapping[str, Callable[[Finding], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown_keys,
    "const": _not_a_choice,
    "enum": _not_a_choice,
    "pattern": _wrong_form,
    "required": _missing_keys,
    "type": _wrong_type,
    "uniqueItems": _repeated_items,
    **dict.fromkeys(("exclusiveMinimum", "maximum", "minimum", "multipleOf"), _out_of_range),
    **dict.fromkeys(
        ("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"),
        _wrong_length,
    ),
}
