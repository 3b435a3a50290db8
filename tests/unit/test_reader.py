"""Reading a values file: what Helm reads, where everything stands, and what is wrong with it."""

import contextlib
import os
import resource
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from carrel.diagnostics import Severity, Span, dotted
from carrel.yamlio import reader, writer
from carrel.yamlio.reader import Document, Malformed, read_file, read_objects, read_values

SITE = """\
# The campus site.
site:
  name: campus
  "platform": eks

storage:
    classes: [fast, {name: slow, size: 0x53}]
people:
- ann
- name: bob
  roles:
    - edit
script: |
  a
  b
empty:
"""


def read(text: str | bytes) -> Document:
    """A text that there is nothing to say about."""
    document, diagnostics = read_values(text.encode() if isinstance(text, str) else text, "f.yaml")
    assert document is not None
    assert diagnostics == ()
    return document


def complaint(text: str | bytes) -> str:
    """The single finding on a text, as a user sees it."""
    _, diagnostics = read_values(text.encode() if isinstance(text, str) else text, "f.yaml")
    (diagnostic,) = diagnostics
    return diagnostic.text()


def test_values_are_those_that_helm_reads() -> None:
    assert read(SITE).values == {
        "site": {"name": "campus", "platform": "eks"},
        "storage": {"classes": ["fast", {"name": "slow", "size": 83}]},
        "people": ["ann", {"name": "bob", "roles": ["edit"]}],
        "script": "a\nb\n",
        "empty": None,
    }


def test_every_key_and_value_has_its_place() -> None:
    document = read(SITE)
    assert {dotted(path): f"{span.line}:{span.column}" for path, span in document.keys.items()} == {
        "site": "2:1",
        "site.name": "3:3",
        "site.platform": "4:3",
        "storage": "6:1",
        "storage.classes": "7:5",
        "storage.classes[1].name": "7:22",
        "storage.classes[1].size": "7:34",
        "people": "8:1",
        "people[1].name": "10:3",
        "people[1].roles": "11:3",
        "script": "13:1",
        "empty": "16:1",
    }
    assert {
        dotted(path): f"{span.line}:{span.column}" for path, span in document.spans.items()
    } == {
        "": "2:1",
        "site": "3:3",
        "site.name": "3:9",
        "site.platform": "4:15",
        "storage": "7:5",
        "storage.classes": "7:14",
        "storage.classes[0]": "7:15",
        "storage.classes[1]": "7:21",
        "storage.classes[1].name": "7:28",
        "storage.classes[1].size": "7:40",
        "people": "9:1",
        "people[0]": "9:3",
        "people[1]": "10:3",
        "people[1].name": "10:9",
        "people[1].roles": "12:5",
        "people[1].roles[0]": "12:7",
        "script": "13:9",
        "empty": "16:7",
    }


def test_a_place_is_a_file_a_line_and_a_column() -> None:
    document = read("a:\n  b: 1\n")
    assert document.spans[("a", "b")] == Span("f.yaml", 2, 6)
    assert document.keys[("a", "b")] == Span("f.yaml", 2, 3)


@pytest.mark.parametrize(
    "path", [("b",), ("a", 0), ("a", "b", "c"), ("l", 2), ("l", -1), ("l", "x")]
)
def test_nothing_is_said_of_what_was_not_written(path: tuple[str | int, ...]) -> None:
    document = read("a: {b: 1}\nl: [1, 2]\n")
    assert path not in document.keys
    assert path not in document.spans
    assert path not in document.literals


def test_a_root_has_a_place_and_no_key() -> None:
    document = read("\n\na: 1\n")
    assert document.spans[()] == Span("f.yaml", 3, 1)
    assert () not in document.keys


def test_numbers_and_booleans_are_known_as_they_were_written() -> None:
    text = "tag: 12e5\nmode: on\nname: x\nlist: [0123, ~]\nquoted: '1'\n"
    document, _ = read_values(text.encode(), "f.yaml")
    assert document is not None
    assert {dotted(path): text for path, text in document.literals.items()} == {
        "tag": "12e5",
        "mode": "on",
        "list[0]": "0123",
        "list[1]": "~",
    }


def test_columns_count_characters() -> None:
    assert read("ä: 😀\nb: {é: 1}\n").spans[("b", "é")] == Span("f.yaml", 2, 8)


@pytest.mark.parametrize(
    "text",
    [
        b"a: 1\r\nb:\r\n  c: 2\r\n",
        b"\xef\xbb\xbfa: 1\nb:\n  c: 2\n",
        b"---\na: 1\nb:\n  c: 2\n...\n",
    ],
    ids=["crlf", "bom", "markers"],
)
def test_line_ends_byte_order_mark_and_document_markers_change_nothing(text: bytes) -> None:
    document = read(text)
    assert document.values == {"a": 1, "b": {"c": 2}}
    line = 4 if text.startswith(b"---") else 3
    assert document.spans[("b", "c")] == Span("f.yaml", line, 6)


@pytest.mark.parametrize("text", ["a: {\n\tb: 1,\t\n\tc: [\t2]}\n", "a: {b:\t1, c:\t[2\t]}\n"])
def test_a_tab_inside_braces_indents_nothing_and_is_allowed(text: str) -> None:
    document = read(text)
    assert document.values == {"a": {"b": 1, "c": [2]}}
    line, column = (2, 5) if "\n\t" in text else (1, 8)
    assert document.spans[("a", "b")] == Span("f.yaml", line, column)


KEYS = st.text(alphabet="ab1:- é", min_size=1, max_size=6)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        st.sampled_from(["text", "on", 1, True, None, "two\nlines"]),
        lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
        max_leaves=10,
    ),
    min_size=1,
)


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_every_place_points_at_what_is_written_there(tree: dict[str, object]) -> None:
    text = writer.write(tree)
    lines = text.splitlines()
    document = read(text)
    assert document.values == tree
    for path, span in document.keys.items():
        written = writer.write({path[-1]: 1}).partition(": 1\n")[0]
        assert lines[span.line - 1][span.column - 1 :].startswith(f"{written}:")
    for path, span in document.spans.items():
        value: object = tree
        for step in path:
            value = value[step]  # type: ignore[index]
        rest = lines[span.line - 1][span.column - 1 :]
        if isinstance(value, str) and "\n" not in value:
            assert rest == writer.write(value).removesuffix("\n")


# --- anchors ------------------------------------------------------------------------------------


def test_an_alias_repeats_a_value_that_stands_where_it_was_written() -> None:
    document = read("a: &small\n  cpu: 1\nb: *small\nc: [*small]\n")
    assert document.values == {"a": {"cpu": 1}, "b": {"cpu": 1}, "c": [{"cpu": 1}]}
    assert document.keys[("b",)] == Span("f.yaml", 3, 1)
    assert document.spans[("b",)] == Span("f.yaml", 3, 4)
    assert document.spans[("c", 0, "cpu")] == Span("f.yaml", 2, 8)


def test_a_merge_is_flattened_and_following_keys_win() -> None:
    document = read("a: &x {cpu: 1, mem: 2}\nb: &y {cpu: 3}\nc:\n  <<: [*x, *y]\n  mem: 4\n")
    assert document.values["c"] == {"cpu": 1, "mem": 4}
    assert document.spans[("c", "cpu")] == Span("f.yaml", 1, 13)
    assert document.spans[("c", "mem")] == Span("f.yaml", 5, 8)


def test_a_merge_below_a_key_overwrites_it_as_for_helm_with_a_warning() -> None:
    text = "x: &x {cpu: 1}\na:\n  cpu: 2\n  <<: *x\n"
    document, diagnostics = read_values(text.encode(), "f.yaml")
    assert document is not None
    assert document.values["a"] == {"cpu": 1}
    assert [each.text() for each in diagnostics] == [
        "f.yaml:4:3: warning[W003] a: this merge overwrites 'cpu', which is written above it"
        " (write << first)"
    ]


# --- findings -----------------------------------------------------------------------------------

FINDINGS = {
    "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n": "5:3: error[E008] b.c: the key is already on line 3",
    "l:\n- {a: 1, a: 2}\n": "2:10: error[E008] l[0].a: the key is already on line 2",
    "1: a\n'1': b\n": "2:1: error[E008] 1: the key is already on line 1",
    "a:\n\tb: 1\n": "2:1: error[E006] a tab cannot indent a line (use spaces)",
    "a:\n  b: 1\n  \tc: 2\n": "3:3: error[E006] a tab cannot indent a line",
    "a: |\n\tb\n": "2:1: error[E006] a tab cannot indent a line",
    "a: 1\nb: x\0y\n": "2:5: error[E005] the control character U+0000 is not allowed (remove it)",
    "a: \x1b[31m\n": "1:4: error[E005] the control character U+001B is not allowed",
    "": "1:1: warning[W001] the file holds no values",
    "# nothing yet\n": "1:1: warning[W001] the file holds no values",
    "---\n": "1:1: warning[W001] the file holds no values",
    "a: 1\n---\nb: 2\n": "2:1: error[E009] a values file holds one document only",
    "- a\n- b\n": "1:1: error[E010] values must be a mapping at the top level",
    "just text\n": "1:1: error[E010] values must be a mapping at the top level",
    "a: " + "[" * 10000: "1:103: error[E011] values are nested more than 100 levels deep",
    "{a: " * 10000: "1:401: error[E011] values are nested more than 100 levels deep",
    "\n".join(" " * i + "a:" for i in range(2000)): "101:101: error[E011] values are nested",
    "a: &a [*a]\n": "1:8: error[E012] a[0]: the value of &a would contain itself",
    "a: !secret x\n": "1:4: error[E013] a: the tag !secret is not supported (remove it)",
    "a: !!binary aGk=\n": "1:4: error[E013] a: the tag !!binary is not supported",
    "a: !!int x\n": "1:4: error[E013] a: 'x' is not of the type that the tag !!int demands",
    "a: !!set {b}\n": "1:4: error[E013] a: the tag !!set is not supported",
    "a:\n  ~: 1\n": "2:3: error[E014] a: null cannot be a key (put the key in quotes)",
    "? [a, b]\n: 1\n": "1:3: error[E014] a mapping or a list cannot be a key",
    "9999999999999999999: 1\n": "1:1: error[E014] a number this large cannot be a key",
    "a: [1, .inf]\n": "1:8: error[E016] a[1]: .inf is a number that Helm cannot hold",
    "a: .nan\n": "1:4: error[E016] a: .nan is a number that Helm cannot hold",
    "id: 12345678901234567\n": "1:5: error[E017] id: Helm would round this number to"
    " 12345678901234568 (put it in quotes if it is a name)",
    "y: 1\n": '1:1: warning[W002] Helm reads this key as true (write "true" or "y")',
    "ports:\n  0x10: 1\n": '2:3: warning[W002] ports: Helm reads this key as 16 (write "16"',
    "debug: on\n": '1:8: warning[W004] debug: Helm reads on as true (write true or "on")',
    "a: [no]\n": '1:5: warning[W004] a[0]: Helm reads no as false (write false or "no")',
    "mode: 0644\n": '1:7: warning[W004] mode: Helm reads 0644 as 420 (write 420 or "0644")',
    "tag: 12e5\n": '1:6: warning[W004] tag: Helm reads 12e5 as 1200000 (write 1200000 or "12e5")',
    "tag: 1234e56\n": "1:6: warning[W004] tag: Helm reads 1234e56 as 1.234e+59 (write 1.234e+59",
    "c: 1_000\n": '1:4: warning[W004] c: Helm reads 1_000 as 1000 (write 1000 or "1_000")',
    "c: 08\n": '1:4: warning[W004] c: Helm reads 08 as 8 (write 8 or "08")',
    # What the parser says, in words.
    "a: b: c\n": "1:5: error[E007] there cannot be a key before this ':'",
    "a: 1\n b: 2\n": "2:3: error[E007] there cannot be a key before this ':'",
    "a:\n  b: 1\n c: 2\n": "3:2: error[E007] this is neither a key nor the end of the mapping that"
    " starts on line 1",
    "a: 'it's'\n": "1:8: error[E007] this is neither a key nor the end of the mapping",
    "a: {{ b }}\n": "1:5: error[E014] a: a mapping or a list cannot be a key",
    "a: *.example.com\n": "1:4: error[E007] a plain text cannot start with * or &",
    "a: *nothing\n": "1:4: error[E007] a: there is no anchor &nothing before this",
    "a: @me\n": "1:4: error[E007] a plain text cannot start with '@' (put the text in quotes)",
    "a: %x\n": "1:4: error[E007] a plain text cannot start with '%'",
    "a: !x!y z\n": "1:4: error[E007] a plain text cannot start with !",
    "a: 'x\nb: 1\n": "1:4: error[E007] this quoted text is never closed",
    "a: [1,\nb: 2\n": "1:4: error[E007] this list is not closed before line 3",
    "a: {b: 1\nc: 2\n": "1:4: error[E007] this mapping is not closed before line 2 (end it with })",
    "a: [http://x:80]\n": "1:5: error[E007] a plain text inside [ ] or { } cannot contain ':'",
    'a: "\\d"\n': "1:5: error[E007] a double-quoted text cannot contain this escape",
    'a: "\\ud800"\n': "1:7: error[E007] this escape is no Unicode character",
    "a: - b\n": "1:4: error[E007] a list cannot start on the line of its key",
    "- a\nb: 1\n": "2:1: error[E007] this is not an item of the list that starts on line 1",
    "a: |x\n": "1:5: error[E007] only +, - or a digit can follow | or > on its line",
    "a: ]\n": "1:4: error[E007] there must be a value before ']'",
    "%YAML 1.2\n---\na: 1\n": "1:1: error[E007] directives (%) are not supported (remove them)",
    "%x\n---\na: 1\n": "1:1: error[E007] a line cannot start with %",
    "--- # Helm 4\na: 1\n": "1:1: error[E007] Helm 4 allows nothing after --- on its line",
    "{a: 1}\nb: 2\n": "2:1: error[E007] the document has ended before this, and Helm would ignore",
    "a: 1\nsome text\n": "2:1: error[E007] this is no key, for no ':' follows",
    "a: {<<: 1}\n": "1:5: error[E007] a: only a mapping or a list of mappings can be merged",
    "a: &x [{b: 1}]\nc:\n  <<: *x\n": "3:3: error[E007] c: only a mapping or a list of mappings",
}  # fmt: skip


@pytest.mark.parametrize(("text", "finding"), FINDINGS.items(), ids=lambda each: repr(each[:30]))
def test_each_mistake_is_one_sentence_at_its_place(text: str, finding: str) -> None:
    assert complaint(text).startswith(f"f.yaml:{finding}")


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"a: 1\nb: caf\xe9\n", "2:7: error[E004] the byte 0xE9 is not UTF-8"),
        ("é: é".encode() + b"\xff", "1:5: error[E004] the byte 0xFF is not UTF-8"),
        ("a: 1\n".encode("utf-16"), "1:1: error[E004] the byte 0xFF is not UTF-8"),
        (b"a: 1\n\xe2\x82", "2:1: error[E004] the byte 0xE2 is not UTF-8"),
    ],
)
def test_the_first_byte_that_is_not_utf_8_is_shown(data: bytes, finding: str) -> None:
    assert complaint(data).startswith(f"f.yaml:{finding} (save the file as UTF-8)")


def test_numbers_and_booleans_in_usual_spellings_are_not_warned_of() -> None:
    read("a: [0, 12, -1, +1, 1.5, .5, 1., 0x1F, 0o17, 1.5e3, -0.1E-9, true, False, ~, null]\n")
    read("a: !!bool on\n")


def test_what_was_found_before_the_end_of_reading_is_told_as_well() -> None:
    _, diagnostics = read_values(b"a: 1\na: 2\nb: [\n", "f.yaml")
    assert [f"{each.code}:{each.span}" for each in diagnostics] == [
        "E008:f.yaml:2:1",
        "E007:f.yaml:4:1",
    ]
    _, diagnostics = read_values(b"a: 1\n---\nb: 1\nb: 2\n...\n", "f.yaml")
    assert [each.code for each in diagnostics] == ["E009"]


def test_all_mistakes_that_do_not_stop_the_reader_are_found_at_once() -> None:
    text = "a: 1\na: 2\nb: !x y\nc: .inf\n~: 1\nd: {e: 1, e: 2}\n"
    document, diagnostics = read_values(text.encode(), "f.yaml")
    assert [f"{each.code}:{each.span}" for each in diagnostics] == [
        "E008:f.yaml:2:1",
        "E013:f.yaml:3:4",
        "E016:f.yaml:4:4",
        "E014:f.yaml:5:1",
        "E008:f.yaml:6:11",
    ]
    assert document is not None
    assert document.values["a"] == 2


def test_a_file_without_values_is_one_with_none() -> None:
    document, (warning,) = read_values(b"", "f.yaml")
    assert document is not None
    assert document.values == {}
    assert dict(document.spans) == {}
    assert warning.severity is Severity.WARNING


def test_quotes_keep_a_text_what_it_is() -> None:
    assert read("'on': \"on\"\n'<<': '<<'\n'~': 'null'\n").values == {
        "on": "on",
        "<<": "<<",
        "~": "null",
    }


@given(st.binary(max_size=60) | st.text(alphabet="ab:-?[]{},#&*!|>'\"%@`<~1 \n\t\\", max_size=60))
@settings(max_examples=1500, deadline=None)
@example("&a a: *a")
@example("? &a [] : *a")
@example("<<: *a")
@example("!<tag:yaml.org,2002:merge> a: {}")
def test_no_text_makes_the_reader_fail(content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    document, diagnostics = read_values(data, "f.yaml")
    assert document is not None or diagnostics
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert diagnostic.span.line <= len(data.decode(errors="replace").splitlines()) + 1
    with contextlib.suppress(Malformed):
        read_objects(content)


# --- limits -------------------------------------------------------------------------------------

GREEDY = """\
import resource, sys
from carrel.yamlio.reader import read_values

def levels(count):
    lines = ["a0: &a0 [" + "x," * 9 + "x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, count)]
    return "\\n".join(lines)

def maps(count):
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{i}: &a{i} {{l: *a{i - 1}, r: *a{i - 1}}}" for i in range(1, count)]
    return "\\n".join(lines)

TEXTS = {
    "lists of aliases": (levels(20), "E012"),
    "maps of aliases": (maps(60), "E012"),
    "a chain of merges": ("a0: &a0 {x: 1}\\n" + "".join(
        f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}\\n" for i in range(1, 60)), "E012"),
    "open lists": ("[" * 4_900_000, "E011"),
    "open maps": ("{a: " * 1_200_000, "E011"),
    "dashes": ("- " * 2_400_000, "E011"),
    "question marks": ("? " * 2_400_000, "E011"),
    "steps": ("\\n".join(" " * i + "a:" for i in range(3000)), "E011"),
    "many values": ("a: [" + "{}," * 1_600_000 + "]", "E003"),
    "many keys": ("".join(f"k{i}: 1\\n" for i in range(350_000)), "E003"),
    "the same key": ("a: 1\\n" * 900_000, "E003"),
    "a long line": ("a: '" + "x " * 2_400_000 + "'", ""),
    "blank lines": ("\\n" * 4_900_000, "W001"),
    "backslashes": ('a: "' + "\\\\" * 4_900_001, "E007"),
    "digits": ("a: " + "9" * 4_900_000, ""),
    "more than 5 MB": ("a: 1\\n" * 10_000_000, "E003"),
}
name = sys.argv[1]
text, code = TEXTS[name]
data = text.encode()
del text
before = resource.getrusage(resource.RUSAGE_SELF)
document, diagnostics = read_values(data, "f.yaml")
after = resource.getrusage(resource.RUSAGE_SELF)
print([each.code for each in diagnostics][-1:] == ([code] if code else []))
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
print((after.ru_maxrss - before.ru_maxrss) / 1024)
"""


@pytest.mark.parametrize(
    "name",
    [
        "lists of aliases", "maps of aliases", "a chain of merges", "open lists", "open maps",
        "dashes", "question marks", "steps", "many values", "many keys", "the same key",
        "a long line", "blank lines", "backslashes", "digits", "more than 5 MB",
    ],
)  # fmt: skip
def test_no_text_takes_more_than_its_share(name: str, project_root: Path) -> None:
    # A process of its own, because memory that was once used counts for ever.
    done = subprocess.run(
        [sys.executable, "-c", GREEDY, name],
        env={**os.environ, "PYTHONPATH": str(project_root / "generator")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)),
        capture_output=True,
        text=True,
        check=True,
    )
    as_expected, seconds, megabytes = done.stdout.split()
    assert as_expected == "True"
    # The aim is 1 second; a busy machine may take a few.
    assert float(seconds) < 5
    assert float(megabytes) < 200


# --- files --------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    document, (diagnostic,) = read_file(path, "site.yaml")
    assert document is None
    return diagnostic.text()


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("a: 1\n")
    document, diagnostics = read_file(tmp_path / "site.yaml", "values/site.yaml")
    assert document is not None
    assert diagnostics == ()
    assert document.spans[("a",)] == Span("values/site.yaml", 1, 4)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    start = "site.yaml:1:1: error[E001]"
    assert refusal(tmp_path / "site.yaml") == f"{start} there is no such file"
    (tmp_path / "link").symlink_to("nowhere")
    assert refusal(tmp_path / "link") == f"{start} the link leads to no file"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    start = "site.yaml:1:1: error[E002]"
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "folder.yaml") == f"{start} this is a folder, not a file"
    assert refusal(tmp_path / "loop") == f"{start} the symbolic links lead in a circle"
    assert refusal(tmp_path / "pipe") == f"{start} this is not a regular file"
    assert refusal(tmp_path / "folder.yaml" / ("x" * 300)).startswith(f"{start} the file cannot")


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Someone whom file permissions concern, also where the tests run as root."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    yield
    os.seteuid(me)


@pytest.mark.usefixtures("ordinary_user")
def test_a_file_of_someone_else_is_not_read() -> None:
    # Not tmp_path, which an ordinary user cannot enter where root runs the tests.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.touch(mode=0)
        assert stat.S_IMODE(file.stat().st_mode) == 0
        assert refusal(file) == (
            "site.yaml:1:1: error[E002] you are not permitted to read this file"
        )


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "site.yaml").open("wb") as stream:
        stream.truncate(50_000_000)
    assert refusal(tmp_path / "site.yaml") == (
        "site.yaml:1:1: error[E003] the file has 50.0 MB; a values file may have 5 MB"
    )


# --- objects ------------------------------------------------------------------------------------


def test_objects_are_read_document_by_document() -> None:
    text = "# Source: a\nkind: A\n---\n---\nkind: B\nport: 0123\n---\n# nothing\n"
    assert read_objects(text) == [{"kind": "A"}, None, {"kind": "B", "port": 83}, None]
    assert read_objects(text.encode()) == read_objects(text)
    assert read_objects("# nothing\n") == []


def test_objects_keep_whole_numbers_of_64_bits() -> None:
    assert read_objects("a: 12345678901234567\n") == [{"a": 12345678901234567}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [\n", "line 3, column 1: there must be a value before the text ends"),
        ("a: {b: 1, b: 2}\n", "line 1, column 11: a.b: the key is already on line 1"),
        ("a: x\0\n", "line 1, column 5: the control character U+0000 is not allowed"),
        ("a: \ud800\n", "line 1, column 1: the text is not UTF-8"),
        (b"a: \xff\n", "line 1, column 1: the text is not UTF-8"),
        ("a: " + "[" * 200, "line 1, column 103: values are nested more than 100 levels deep"),
        ("a: !x y\n", "line 1, column 4: a: the tag !x is not supported"),
    ],
    ids=ascii,
)
def test_what_is_no_object_is_malformed(text: str | bytes, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_objects(text)
    assert str(caught.value) == message


def test_any_number_of_objects_can_be_read() -> None:
    count = reader.MAX_BYTES // 100
    assert len(read_objects("---\na: [1, 2, 3, 4, 5, 6, 7, 8]\n" * count)) == count
