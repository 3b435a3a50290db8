"""On a corpus of documents, five judges agree on which are values and which are not.

They are `carrel validate`, three Helms, and a JSON Schema validator written in Rust. Each document
goes the whole way: from its bytes through a reader and over the defaults to the verdict.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import jsonschema_rs
import pytest
from tests.chart.corpus import Document, documents

from carrel.build.values_schema import values_schema
from carrel.build.values_yaml import values_yaml
from carrel.diagnostics import Severity
from carrel.layers import Layer, resolve
from carrel.project import Project
from carrel.schema.bundle import Schema, load
from carrel.tools.helm import Helm, TemplateFailure
from carrel.validation import validate
from carrel.yamlio.reader import read_values

HEAD = "site: {name: probe, platform: vanilla}\n"
VALID = {
    "comments and blank lines": "# a\n\ncrds:\n\n  # b\n  enabled: false # c\n",
    "true in other words": "crds: {enabled: on}\n",
    "false in other words": "crds: {enabled: NO}\n",
    "a whole number with a point": "shards: {count: 2.0}\n",
    "a whole number in hexadecimal": "shards: {count: 0x10}\n",
    "a whole number in octal": "shards: {count: 010}\n",
    "a whole number with an exponent": "shards: {count: 1e1}\n",
    "a number with underscores": "shards: {count: 1_0}\n",
    "a version in quotes": 'kubernetes: {version: "1.36"}\n',
    "a tag that is text": "components: {dashboard: {image: {tag: !!str 12e5}}}\n",
    "an anchor": "groups: {a: &a [x@y.z], b: *a}\n",
    "a merge": "notebooks: {sizes: {a: &a {cpu: 1, memory: 1Gi}, b: {<<: *a, cpu: 2}}}\n",
    "a null that removes an entry": "notebooks: {sizes: {large: null}}\n",
    "a list that replaces a default": "notebooks: {culling: {stopsRegardlessOfUse: []}}\n",
    "a block text": "gateway:\n  host: >-\n    desks.example\n",
    "a text over two lines": 'components: {dashboard: {image: {tag: "a\\\n  b"}}}\n',
    "carriage returns": "crds:\r\n  enabled: false\r\n",
    "a name of digits in quotes": "groups: {'12': [x@y.z]}\n",
    "a name of digits": "groups: {12: [x@y.z]}\n",
    "flow over lines": "crds: {\n    enabled: false,\n  }\n",
    "a question mark": "? crds\n: enabled: false\n",
}
INVALID = {
    "a tab that indents": "crds:\n\tenabled: true\n",
    "a control character": "gateway: {host: a\x00b}\n",
    "an unclosed list": "groups: {a: [x@y.z}\n",
    "an unclosed text": "gateway: {host: 'a}\n",
    "an unknown alias": "groups: {a: *nobody}\n",
    "a list at the top": "- a\n",
    "a text at the top": "just text\n",
    "a template": "gateway: {host: {{ host }}}\n",
    "a key in a key": "gateway: {host: a: b}\n",
    "wrong indentation": "crds:\n    enabled: true\n  other: 1\n",
    "an alias in itself": "groups: &a {a: *a}\n",
    "a tag that does not fit": "shards: {count: !!int two}\n",
    "a list as a key": "groups: {? [a] : [x@y.z]}\n",
    "a version that is a number": "kubernetes: {version: 1.36}\n",
    "a number that is text": "shards: {count: '2'}\n",
    "a text that is a number": "components: {dashboard: {image: {tag: 1234e56}}}\n",
    "a text that is a boolean": "gateway: {host: yes}\n",
    "a null that removes a default": "notebooks: {defaults: {size: null}}\n",
    "a null that removes a block": "notebooks: {culling: null}\n",
    "a null in a list": "groups: {a: [null]}\n",
    "an entry of nothing": "notebooks: {sizes: {x: }}\n",
    "a date": "components: {dashboard: {image: {tag: [2026-01-01]}}}\n",
    "a duration": "notebooks: {culling: {idleMinutes: 1:30}}\n",
    "a name that is a boolean": "notebooks: {sizes: {yes: {cpu: 1, memory: 1Gi}}, image: 1}\n",
}
CORPUS_OF_TEXTS = [
    *(Document(name, HEAD + text, True) for name, text in VALID.items()),
    *(Document(name, HEAD + text, False) for name, text in INVALID.items()),
]
Judged = Callable[[Iterable[Document]], list[str]]


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.fixture(scope="module")
def corpus(schema: Schema) -> list[Document]:
    return documents(schema)


def test_the_corpus_is_large_and_of_both_kinds(corpus: list[Document]) -> None:
    every = [*corpus, *CORPUS_OF_TEXTS]
    valid = sum(each.valid for each in every)
    assert len(every) >= 400
    assert min(valid, len(every) - valid) >= 200
    assert len({each.text for each in every}) == len(every)


def misjudged(
    corpus: Iterable[Document], accepts: Callable[[Document], bool]
) -> list[tuple[str, str]]:
    """Documents on which a judge is of another opinion."""
    return [(each.name, each.text) for each in corpus if accepts(each) is not each.valid]


def test_carrel_judges_as_expected(
    schema: Schema, corpus: list[Document], project_root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "values/sites/probe"
    folder.mkdir(parents=True)

    def accepts(document: Document) -> bool:
        (folder / "site.yaml").write_text(document.text, "utf-8", newline="")
        found = validate(Project(tmp_path, project_root), "probe", (), schema)
        errors = [each.code for each in found if each.severity is Severity.ERROR]
        # E114 is about the file that a value is in, E2 about what contradicts itself: no schema can
        # say either.
        return not [code for code in errors if code < "E2" and code != "E114"]

    assert misjudged([*corpus, *CORPUS_OF_TEXTS], accepts) == []


def test_a_validator_in_rust_judges_as_expected(schema: Schema, corpus: list[Document]) -> None:
    validator = jsonschema_rs.Draft7Validator(schema.validator_schema())

    def accepts(document: Document) -> bool:
        read, found = read_values(document.text.encode(), "site.yaml")
        if read is None or any(each.severity is Severity.ERROR for each in found):
            return False
        layer = Layer("site", "site.yaml", read.values, read.keys, read.spans)
        return validator.is_valid(resolve(schema.defaults(), [layer]).values)

    assert misjudged([*corpus, *CORPUS_OF_TEXTS], accepts) == []


@pytest.fixture(scope="module")
def one_chart(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart that has our defaults and our schema, and no templates to speak of."""
    folder = tmp_path_factory.mktemp("one")
    return written_chart(folder, values_schema(schema), values_yaml(schema))


def written_chart(folder: Path, schema: str, values: str) -> Path:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: one\nversion: 0.1.0\n",
        "values.yaml": values,
        "values.schema.json": schema,
        "templates/one.yaml": "a: 1\n",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("document", CORPUS_OF_TEXTS, ids=lambda document: document.name)
def test_helm_judges_a_text_as_expected(
    helm: Helm, one_chart: Path, tmp_path: Path, document: Document
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(document.text, "utf-8", newline="")

    assert (refusal(helm, one_chart, file) == "") is document.valid


def refusal(helm: Helm, chart: Path, file: Path) -> str:
    """Why Helm does not take a file of values, "" where it does."""
    try:
        helm.template(chart, release="one", namespace="one", values=[file], kube_version="1.36.0")
    except TemplateFailure as failure:
        return failure.stderr
    return ""


PER_RUN = 250
"""Documents that Helm is given at once. A file of a chart may have 5 MiB."""


@pytest.fixture(scope="module")
def batches(
    schema: Schema, corpus: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """Charts with our defaults and our schema many times over, once for each document."""
    root = schema.validator_schema()
    definitions = {**root.pop("definitions"), "values": root}
    folders = []
    for start in range(0, len(corpus), PER_RUN):
        names = {
            name_of(start + place): each for place, each in enumerate(corpus[start:][:PER_RUN])
        }
        of_all = {
            "$schema": root["$schema"],
            "properties": {name: {"$ref": "#/definitions/values"} for name in names},
            "definitions": definitions,
        }
        folder = tmp_path_factory.mktemp("batch")
        defaults = dict.fromkeys(names, schema.defaults())
        written_chart(folder, json.dumps(of_all), json.dumps(defaults))
        texts = (f"{name}:\n{indented(each.text)}" for name, each in names.items())
        (folder / "site.yaml").write_text("".join(texts), "utf-8")
        folders.append(folder)
    return folders


def name_of(number: int) -> str:
    return f"document{number}"


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def test_helm_judges_the_corpus_as_expected(
    helm: Helm, batches: list[Path], corpus: list[Document]
) -> None:
    said = "".join(refusal(helm, batch, batch / "site.yaml") for batch in batches)
    refused = set(re.findall(r"- at '/(document\d+)[/']", said))
    odd = re.findall(r"invalid propertyName '(Odd Name .*)'", said)

    accepted = {
        each.text: name_of(number) not in refused and not any(name in each.text for name in odd)
        for number, each in enumerate(corpus)
    }
    assert misjudged(corpus, lambda each: accepted[each.text]) == []
