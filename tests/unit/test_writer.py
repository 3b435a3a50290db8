"""What is written is read back alike by every reader there is."""

import json
from enum import StrEnum
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from carrel.yamlio import reader
from carrel.yamlio.writer import write

NASTY: list[str] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "nasty_strings.json").read_text("utf-8")
)


def is_unicode(text: str) -> bool:
    """Whether a text has no half characters, which no file can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


PUNCTUATION = st.text(alphabet="aby01:- \n\t#,[]{}'\"|>.=")
TEXTS = st.sampled_from(NASTY) | st.text(max_size=20).filter(is_unicode) | PUNCTUATION
LEAVES = (
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=20,
)


def spelled(value: object) -> str:
    """A value with the types of its numbers and the order of its keys."""
    return json.dumps(value)


@given(TREES)
@settings(max_examples=400, deadline=None)
@example({text: text for text in NASTY})
@example([[text, [text], {text: [text, {text: text}]}] for text in NASTY])
@example([1e16, -1e16, 1e-7, 5e-324, 1.5e300, 1e22, 0.1, -0.0, 100.0, 2**64 - 1, -(2**63)])
def test_our_reader_reads_what_was_written(value: object) -> None:
    (read,) = reader.read_objects(write({"value": value}))
    assert spelled(read) == spelled({"value": value})


@given(TREES)
@settings(max_examples=150, deadline=None)
@example({text: text for text in NASTY})
@example([[text, [text], {text: [text, {text: text}]}] for text in NASTY])
@example([1e16, -1e16, 1e-7, 5e-324, 1.5e300, 1e22, 0.1, -0.0, 100.0, 2**64 - 1, -(2**63)])
def test_pyyaml_reads_what_was_written(value: object) -> None:
    assert spelled(yaml.safe_load(write({"value": value}))) == spelled({"value": value})


@given(TREES)
@settings(max_examples=150, deadline=None)
@example({text: text for text in NASTY})
@example([[text, [text], {text: [text, {text: text}]}] for text in NASTY])
@example([1e16, -1e16, 1e-7, 5e-324, 1.5e300, 1e22, 0.1, -0.0, 100.0, 2**64 - 1, -(2**63)])
@pytest.mark.parametrize("pure", [True, False], ids=["python", "c"])
def test_ruamel_reads_what_was_written(pure: bool, value: object) -> None:
    read = YAML(typ="safe", pure=pure).load(write({"value": value}))
    assert spelled(read) == spelled({"value": value})


@given(TREES)
@settings(max_examples=50, deadline=None)
def test_indented_output_reads_the_same(value: object) -> None:
    text = write({"value": value}, indent=4)
    (read,) = reader.read_objects(f"outer:\n{text}")
    assert spelled(read) == spelled({"outer": {"value": value}})


def test_the_output_is_what_a_person_would_write() -> None:
    value = {
        "name": "campus",
        "replicas": 2,
        "ratio": 0.5,
        "enabled": True,
        "nothing": None,
        "memory": "1Gi",
        "image": "ghcr.io/kubeflow/kubeflow/jupyter:v1.11.0",
        "ambiguous": ["on", "0123", "12:30", ""],
        "empty": {"map": {}, "list": []},
        "containers": [{"name": "a", "args": ["--x=1", "two words"]}, {"name": "b"}],
        "nested": [[1, 2], [[3]]],
        "script": "#!/bin/sh\necho  hi\n\n  exit\n",
        "unfinished": "a\nb",
    }
    assert write(value) == (
        "name: campus\n"
        "replicas: 2\n"
        "ratio: 0.5\n"
        "enabled: true\n"
        "nothing: null\n"
        "memory: 1Gi\n"
        "image: ghcr.io/kubeflow/kubeflow/jupyter:v1.11.0\n"
        "ambiguous:\n"
        '  - "on"\n'
        '  - "0123"\n'
        '  - "12:30"\n'
        '  - ""\n'
        "empty:\n"
        "  map: {}\n"
        "  list: []\n"
        "containers:\n"
        "  - name: a\n"
        "    args:\n"
        '      - "--x=1"\n'
        "      - two words\n"
        "  - name: b\n"
        "nested:\n"
        "  - - 1\n"
        "    - 2\n"
        "  - - - 3\n"
        "script: |\n"
        "  #!/bin/sh\n"
        "  echo  hi\n"
        "\n"
        "    exit\n"
        "unfinished: |-\n"
        "  a\n"
        "  b\n"
    )


@pytest.mark.parametrize("text", ["a \nb", "a\nb\t", "a\n  \nb", " a\nb", "\na", "a\n\n", "a\r\nb"])
def test_what_a_block_would_hide_is_shown(text: str) -> None:
    assert write({"a": text}) == f"a: {json.dumps(text)}\n"


@pytest.mark.parametrize("value", [None, True, 7, 1.5, "on", "a\nb", {}, [], ["a"], {"a": 1}])
def test_any_value_can_be_a_document(value: object) -> None:
    assert reader.read_objects(write(value)) == [value]


@pytest.mark.parametrize("text", ["x" * 1000, "x" * 1001, "x " * 600, "\n" * 600], ids=len)
def test_long_keys_are_keys(text: str) -> None:
    value = {"before": 1, text: {"a": [1]}, "list": [{text: "x"}]}
    assert reader.read_objects(write(value)) == [value]
    assert yaml.safe_load(write(value)) == value


def test_a_string_of_another_class_is_a_string() -> None:
    class Mode(StrEnum):
        ON = "on"

    assert write({"mode": Mode.ON, Mode.ON: [Mode.ON]}) == 'mode: "on"\n"on":\n  - "on"\n'


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), 2**64, -(2**63) - 1, "\ud800", "a\n\udfff\n"], ids=ascii
)
def test_what_no_reader_can_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"cannot hold|does not fit|half a character"):
        write({"a": value})


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, {1: "a"}, {None: 1}, {True: 1}])
def test_what_yaml_values_cannot_be_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"no way to write|a key must be a string"):
        write({"a": value})
