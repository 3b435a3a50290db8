"""Carrel's reader and writer against the YAML reader inside each Helm."""

import base64
import json
import random
import string
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
import yaml

from carrel.diagnostics import Diagnostic, Severity, has_errors
from carrel.tools.helm import Helm, TemplateFailure
from carrel.yamlio import writer
from carrel.yamlio.reader import read_values

# `fromYaml` reads with the function that also reads values files. It returns a failure as a map
# with the key Error. Base64 keeps Helm from parsing what the template prints.
TEMPLATE = """\
{{- range .Files.Get "documents.json" | fromJsonArray }}
# {{ . | fromYaml | toJson | b64enc }}
{{- end }}
# values {{ .Values | toJson | b64enc }}
"""

MAPS_OF = Callable[[Iterable[str]], list[object]]


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "probe"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 0.1.0\n")
    (folder / "documents.json").write_text("[]")
    (folder / "templates" / "probe.yaml").write_text(TEMPLATE)
    return folder


def rendered(helm: Helm, chart: Path, *values: Path) -> list[object]:
    """What the probe prints: each document, then the values."""
    output = helm.template(
        chart, release="probe", namespace="probe", values=values, kube_version="1.33.0"
    )
    lines = [line.split() for line in output.splitlines() if line.startswith("# ")]
    return [json.loads(base64.b64decode(words[-1])) for words in lines if words[1] != "Source:"]


@pytest.fixture
def read_by_helm(helm: Helm, chart: Path) -> MAPS_OF:
    """Reads many documents in one run of one Helm."""

    def read(documents: Iterable[str]) -> list[object]:
        (chart / "documents.json").write_text(json.dumps([*documents]))
        return rendered(helm, chart)[:-1]

    return read


def same(ours: object, helms: object) -> bool:
    """Equal where every number is a float, for that is what Helm's values are."""
    if isinstance(ours, dict) and isinstance(helms, dict):
        return ours.keys() == helms.keys() and all(same(ours[key], helms[key]) for key in ours)
    if isinstance(ours, list) and isinstance(helms, list):
        return len(ours) == len(helms) and all(map(same, ours, helms))
    if isinstance(ours, int | float) and isinstance(helms, int | float):
        return isinstance(ours, bool) is isinstance(helms, bool) and float(ours) == float(helms)
    return type(ours) is type(helms) and ours == helms


def refused(helms: object) -> bool:
    return isinstance(helms, dict) and str(helms.get("Error", "")).startswith("error ")


# Mistakes that Helm passes over in silence.
STRICTER_THAN_HELM = {
    "E007": "text after the end of the document, or : in a plain text inside brackets",
    "E008": "a key that is there twice",
    "E009": "several documents",
    "E013": "a tag of one's own",
    "E017": "a number that Helm rounds",
}


@cache
def read_by_us(text: str) -> tuple[object, list[Diagnostic]]:
    """What we read, and what we refuse."""
    document, diagnostics = read_values(text.encode(), "f")
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    return document.values if document else None, errors


def disagreements(documents: Iterable[str], helms: list[object]) -> list[str]:
    """Documents that mean one thing to us and another to Helm."""
    wrong = []
    for text, helm_value in zip(documents, helms, strict=True):
        ours, errors = read_by_us(text)
        codes = {each.code for each in errors}
        # Of `{}"a": 1` Helm reads the first two characters; to us it is no key either.
        if "E007" in codes:
            codes -= {"E014"}
        if errors and (refused(helm_value) or codes <= STRICTER_THAN_HELM.keys()):
            continue
        if errors or refused(helm_value) or not same(ours, helm_value or {}):
            wrong.append(f"{text!r}: {[each.text() for each in errors]} {ours} / {helm_value}")
    return wrong


# --- scalars ------------------------------------------------------------------------------------

WORDS = """
y yes no n on off true false null nan inf .inf -.inf +.inf .nan ~ = << none t f
0 00 1 -1 +1 -0 08 0o7 0o8 0x 0x1f 0xG 0b1 0b2 0b-1 0b+1 -0b1 -0b-1 0123 -0123 1_000 _1 1_ 1__0
0_8 0x_f 1e3 1e+3 1e-3 1e 1e400 -1e400 .1e400 1e-400 .5 5. . .. -. +.5 -.5e3 1.2.3 1_0.5 --1 1e3e
.5_0 .5__0 .5_ ._5 .5e1_0 .5e_1 9007199254740992 9223372036854775808 18446744073709551616 0x1p4
99999999999999999999999 0xFFFFFFFFFFFFFFFFFF 0777777777777777777777777 12:30 12:30:45 2001-01-01
2001-01-01T00:00:00Z 2001-01-01t00:00:00z 2001-1-1 1,000 1Gi 100m 1234e56 5e-324 0.30000000004
1.7976931348623157e308 0.1
"""
KEYS = """
1.5 1e3 1e5 1e6 1e20 1e21 0.1 0.0001 0.00001 123456.7 1234567.8 0.1234567891 3.4e38 3.5e38 1e-50
-1.5 -0.0 0.0 16777217.0 12345678.0 1.10 1. .5 0x10 +5 1_0 9223372036854775807 9223372036854775808
"""


@cache
def plain_scalars() -> list[str]:
    random_source = random.Random(26031)  # noqa: S311
    alphabets = [
        "0123456789" * 2 + "+-._eExobBOX_",
        "01_b+-xo.",
        string.digits * 3 + "+-._eExXoObBaAfFnNyYtTzZ:,~!=<>|&*%@ #'\"[]{}?`\\/",
    ]
    spellings = [
        spelling
        for word in WORDS.split()
        for spelling in (word, word.upper(), word.capitalize(), word.lower())
    ]
    invented = [
        "".join(random_source.choices(random_source.choice(alphabets), k=length))
        for length in random_source.choices(range(1, 16), k=6000)
    ]
    return [*dict.fromkeys([*spellings, *invented])]


def documents_of_scalars() -> list[str]:
    documents = [f"v: {scalar}\n" for scalar in plain_scalars()]
    documents += [f"{word}: v\nv: [{word}]\n" for word in WORDS.split()]
    return documents + [f"{word}: v\n" for word in KEYS.split()]


def documents_with_tags() -> list[str]:
    tags = ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!", "!own", "!!set"]
    values = ["12", '"12"', "1.5", "yes", '"yes"', "''", "", "null", "{}", "[]", "{a: 1}", "[1]"]
    return [f"v: {tag} {value}\n" for tag in tags for value in values]


def test_values_files_are_read_like_any_document(helm: Helm, chart: Path) -> None:
    values: dict[str, object] = {}
    lines: list[str] = []
    for number, scalar in enumerate(plain_scalars()):
        line = f"s{number}: {scalar}\n"
        document, diagnostics = read_values(line.encode(), "f")
        if document is not None and not has_errors(diagnostics):
            values |= document.values
            lines.append(line)
    assert len(lines) > 4000
    (chart / "values.yaml").write_text("")
    (chart / "site.yaml").write_text("".join(lines))
    (seen,) = rendered(helm, chart, chart / "site.yaml")
    assert same(values, seen)


# --- documents ----------------------------------------------------------------------------------

SEEDS = [
    "a: &x {b: 1}\nc: *x\n",
    "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n",
    "x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz:\n  a: 0\n  <<: [*x, *y]\n  b: 4\n",
    "<<: {a: 1}\nb: 2\n",
    "a: |\n  x\n   y\n  z\nb: >-\n  f\n  g\n\n  h\n",
    "a: |+\n  x\n\n\nb: |-\n  y\n\n",
    "a: >2\n    x\n   y\n",
    "a: 'x''y'\nb: \"z\\n\\u00e9\"\n",
    "a: '\n  x\n\n  y'\nb: x\n  y\n  z\n",
    "? a\n: b\n? [c]\n: d\n",
    "a:\n- b\n- c:\n    d\n  e: f\n- - g\n  - h\n",
    "a: {b: c, d: [e, f,], g}\n",
    "a: b # c\n# d\nc: d\n",
    "---\na: b\n...\n",
    "a: !!str 1\nb: !!int '2'\n",
    "a: &x 1\nb: *x\n*x : 3\n",
    "a:\tb\nc: d\t\n",
    "%YAML 1.1\n---\na: 1\n",
    "- a\n- b\n",
]
NOISE = "abc:- \n\t#[]{},'\"&*!|>?%@`~<=01.\\\r\x85\u2028é "


def documents_of_all_kinds() -> list[str]:
    random_source = random.Random(4242)  # noqa: S311
    leaves = ["a", "x y", "1", "on", "", "a: b", "- x", "a\nb\n", " a", "é", 1, 1.5, True, None]

    def tree(depth: int) -> object:
        kind = random_source.random()
        if depth == 0 or kind < 0.4:
            return random_source.choice(leaves)
        if kind < 0.6:
            return [tree(depth - 1) for _ in range(random_source.randint(0, 3))]
        return {random_source.choice("abcd01"): tree(depth - 1) for _ in range(3)}

    def mutated(text: str) -> str:
        for _ in range(random_source.choice([0, 1, 1, 2])):
            place = random_source.randint(0, len(text))
            lines = text.split("\n")
            line = random_source.randrange(len(lines))
            edit = random_source.random()
            if edit < 0.4:
                text = text[:place] + random_source.choice(NOISE) + text[place:]
            elif edit < 0.6:
                text = text[:place] + text[place + 1 :]
            elif edit < 0.8:
                text = "\n".join([*lines[:line], *lines[line:], lines[line]])
            else:
                lines[line] = " " * random_source.randint(0, 3) + lines[line].lstrip()
                text = "\n".join(lines)
        return text

    documents: dict[str, None] = {}
    while len(documents) < 9500:
        text = random_source.choice(SEEDS)
        if random_source.random() < 0.5:
            text = yaml.dump(
                {"r": tree(3), "s": tree(2)},
                default_flow_style=random_source.choice([None, False, True]),
                default_style=random_source.choice([None, None, "'", '"', "|", ">"]),
                indent=random_source.choice([2, 4]),
                width=random_source.choice([20, 80]),
            )
        documents[mutated(text)] = None
    return [*documents]


def documents_of_noise() -> list[str]:
    random_source = random.Random(77)  # noqa: S311
    lengths = random_source.choices(range(1, 25), k=1500)
    return ["".join(random_source.choices(NOISE, k=length)) for length in lengths]


def documents_with_anchors() -> list[str]:
    random_source = random.Random(99)  # noqa: S311
    leaves = ["1", "x", "~", '"q"', "true", "{}", "[]"]

    def node(depth: int, names: list[str]) -> str:
        kind = random_source.random()
        if names and kind < 0.25:
            return f"*{random_source.choice(names)} "
        anchor = random_source.choice("pqr") if kind < 0.55 else ""
        kind = random_source.random()
        if depth == 0 or kind < 0.4:
            body = random_source.choice(leaves)
        elif kind < 0.6:
            body = sequence(depth, names)
        else:
            body = mapping(depth, names)
        names += [anchor] if anchor else []
        return f"&{anchor} {body}" if anchor else body

    def sequence(depth: int, names: list[str]) -> str:
        return f"[{', '.join(node(depth - 1, names) for _ in range(random_source.randint(0, 3)))}]"

    def mapping(depth: int, names: list[str]) -> str:
        keys = random_source.sample(["a", "b", "c", "d", "<<"], random_source.randint(0, 4))
        return f"{{{', '.join(f'{key}: {node(depth - 1, names)}' for key in keys)}}}"

    def document() -> str:
        names: list[str] = []
        return "".join(f"{key}: {node(3, names)}\n" for key in "uvw")

    return [document() for _ in range(4000)]


KINDS: dict[str, tuple[Callable[[], list[str]], float]] = {
    "scalars": (documents_of_scalars, 0.6),
    "tags": (documents_with_tags, 0.5),
    "all kinds": (documents_of_all_kinds, 0.5),
    "noise": (documents_of_noise, 0.03),
    "anchors and merges": (documents_with_anchors, 0.4),
}
"""Documents, and which part of them Helm must be able to read, or little would be compared."""


@cache
def documents_of(kind: str) -> tuple[str, ...]:
    """The same documents for every Helm, each once."""
    return tuple(dict.fromkeys(KINDS[kind][0]()))


@pytest.mark.parametrize("kind", KINDS)
def test_documents_mean_the_same_to_us_and_to_helm(read_by_helm: MAPS_OF, kind: str) -> None:
    documents = documents_of(kind)
    helms = read_by_helm(documents)
    assert sum(not refused(each) for each in helms) > KINDS[kind][1] * len(documents)
    assert disagreements(documents, helms) == []


def test_there_are_enough_documents() -> None:
    counts = {kind: len(documents_of(kind)) for kind in KINDS}
    assert sum(counts.values()) >= 20_000, counts


FILES = {
    "plain": b"a: 1\n",
    "empty": b"",
    "comments": b"# nothing\n",
    "null": b"---\n",
    "marked": b"---\na: 1\n...\n",
    "remark before the marker": b"# c\n---\na: 1\n",
    "remark behind the marker": b"--- # c\na: 1\n",
    "value behind the marker": b"--- {a: 1}\n",
    "crlf": b"a: 1\r\nb:\r\n  - c\r\n",
    "byte order mark": b"\xef\xbb\xbfa: 1\n",
    "byte order mark and marker": b"\xef\xbb\xbf---\na: 1\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "trailing marker": b"a: 1\n---\n",
    "directive": b"%YAML 1.1\n---\na: 1\n",
    "list": b"- a\n",
    "text": b"a\n",
    "invalid": b"a: [\n",
    "no utf-8": b"a: \xff\n",
    "utf-16": "a: 1\n".encode("utf-16"),
    "tab": b"a:\n\tb: 1\n",
    "nul": b"a: x\0\n",
    "tab in braces": b"a: {\n\tb: 1,\n\t c: 2}\n",
    "tab in brackets": b"a: [\t1,\n\t2\n\t]\n",
    "tab behind a line": b"a:\t1\t# c\n",
    "crlf in braces and text": b"a: {\r\n  b: 1}\r\nc: |\r\n  x\r\n  y\r\nd: 'e\r\n  f'\r\n",
}


@pytest.mark.parametrize("name", FILES)
def test_every_file_that_we_accept_helm_accepts(helm: Helm, chart: Path, name: str) -> None:
    file = chart / "site.yaml"
    file.write_bytes(FILES[name])
    document, diagnostics = read_values(FILES[name], "site.yaml")
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    if errors:
        return
    assert document is not None
    try:
        (seen,) = rendered(helm, chart, file)
    except TemplateFailure as failure:
        pytest.fail(f"Helm refuses: {failure.stderr}")
    assert same(document.values, seen)


def test_aliases_are_allowed_as_far_as_helm_allows_them(read_by_helm: MAPS_OF) -> None:
    documents = [
        "a: &a {" + ", ".join(f"k{i}: 1" for i in range(width)) + "}\n"
        + "".join(f"x{i}: *a\n" for i in range(repeats))
        for width in (1, 20, 200, 500)
        for repeats in (2, 20, 90, 98, 99, 100, 101, 102, 110, 150)
    ]  # fmt: skip
    helms = read_by_helm(documents)
    assert any(refused(each) for each in helms)
    for text, helm_value in zip(documents, helms, strict=True):
        _, diagnostics = read_values(text.encode(), "f")
        expected = ["E012"] if refused(helm_value) else []
        assert [each.code for each in diagnostics] == expected, text[-20:]


# --- the writer ---------------------------------------------------------------------------------


def values_of_all_kinds(nasty: list[str]) -> list[object]:
    random_source = random.Random(612)  # noqa: S311

    def text() -> str:
        kind = random_source.random()
        if kind < 0.4:
            return random_source.choice(nasty)
        alphabet = NOISE if kind < 0.8 else string.printable + "äß€😀\u2029\ufeff\u200b\x7f"
        return "".join(random_source.choices(alphabet, k=random_source.randint(0, 12)))

    def leaf() -> object:
        number = random_source.choice([1, 10, 1e5, 1e15, 1e-9, 1e300]) * random_source.uniform(
            -1, 1
        )
        whole = random_source.randint(-(2**63), 2**64 - 1)
        return random_source.choice([text(), text(), text(), None, True, whole, number])

    def tree(depth: int) -> object:
        kind = random_source.random()
        if depth == 0 or kind < 0.4:
            return leaf()
        if kind < 0.6:
            return [tree(depth - 1) for _ in range(random_source.randint(0, 3))]
        return {text(): tree(depth - 1) for _ in range(random_source.randint(0, 3))}

    return [{"value": tree(3)} for _ in range(2000)]


def test_helm_reads_what_was_written(read_by_helm: MAPS_OF, project_root: Path) -> None:
    fixtures = project_root / "tests" / "fixtures"
    texts: list[str] = json.loads((fixtures / "nasty_strings.json").read_text("utf-8"))
    values: list[object] = [
        {"text": text, text: [text, {text: text, "list": [[text], {}]}]} for text in texts
    ]
    values += [{"n": number} for number in (0, -1, 2**53, 0.1, 1e16, 1e-7, -0.5, 1.5e300)]
    values += [{"v": [None, True, False, [], {}, [[]], [{}]]}]
    values += values_of_all_kinds(texts)
    helms = read_by_helm(map(writer.write, values))
    assert [
        (ours, seen) for ours, seen in zip(values, helms, strict=True) if not same(ours, seen)
    ] == []
