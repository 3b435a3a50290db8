"""An editor with a YAML language server helps with the files of a site."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.editor.language_server import LanguageServer

from carrel.build.editor_schema import SITE, TENANTS, modeline
from carrel.new_site import NewSite, files
from carrel.schema.bundle import Schema, load
from carrel.site import platform_names, site_names

ROOT = Path(__file__).resolve().parents[2]
LAYERS = sorted((ROOT / "values" / "sites").glob("*/*.yaml"))


class Writer:
    """A file of a site with the cursor in it, as `|` in the text says."""

    def __init__(self, editor: LanguageServer, file: Path, schema: str) -> None:
        self._editor = editor
        self._file = file
        self._head = modeline(3, schema) + "\n"

    def _placed(self, text: str) -> tuple[str, int, int]:
        before, after = text.split("|")
        return self._head + before + after, before.count("\n") + 1, len(before.rpartition("\n")[2])

    def offered(self, text: str) -> dict[str, str]:
        """Label → text to insert."""
        return self._editor.completions(self._file, *self._placed(text))

    def hover(self, text: str) -> str:
        """What is shown when the mouse rests there."""
        return self._editor.hover(self._file, *self._placed(text))

    def underlined(self, text: str) -> list[tuple[str, str]]:
        """Each text that is underlined, with the reason."""
        whole = self._head + text
        return [(cut(whole, found), str(found["message"])) for found in self.findings(text)]

    def findings(self, text: str) -> list[dict[str, Any]]:
        """What is underlined, as the server says it."""
        return self._editor.findings(self._file, self._head + text)


def cut(text: str, finding: dict[str, Any]) -> str:
    """The part of one line that a finding is about."""
    start, end = finding["range"]["start"], finding["range"]["end"]
    assert start["line"] == end["line"], finding
    return str(text.splitlines()[start["line"]][start["character"] : end["character"]])


@pytest.fixture
def site(editor: LanguageServer) -> Writer:
    """values/sites/new/site.yaml, which is not saved yet."""
    return Writer(editor, ROOT / "values" / "sites" / "new" / "site.yaml", SITE)


@pytest.fixture
def tenants(editor: LanguageServer) -> Writer:
    """values/sites/new/tenants.yaml, which is not saved yet."""
    return Writer(editor, ROOT / "values" / "sites" / "new" / "tenants.yaml", TENANTS)


@pytest.fixture(scope="module")
def schema() -> Schema:
    """generator/schema."""
    return load(ROOT / "generator" / "schema")


@pytest.mark.parametrize("file", LAYERS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_nothing_is_underlined_in_the_example_sites(editor: LanguageServer, file: Path) -> None:
    text = file.read_text("utf-8")

    assert text.startswith(modeline(3, TENANTS if file.stem == "tenants" else SITE) + "\n")
    assert editor.findings(file, text) == []
    # The editor found the schema: in a file without one nothing is ever underlined.
    assert len(editor.findings(file, f"{text}tpyo: 1\n")) == 1


def test_every_example_site_was_looked_at() -> None:
    assert {file.parent.name for file in LAYERS} == set(site_names(ROOT))


@pytest.mark.parametrize("name", platform_names(ROOT))
def test_nothing_is_underlined_in_a_platform(site: Writer, name: str) -> None:
    text = (ROOT / "values" / "platforms" / f"{name}.yaml").read_text("utf-8")

    assert site.findings(text) == []


@pytest.mark.parametrize(
    "new",
    [
        NewSite("mine", "vanilla"),
        NewSite("mine", "eks", "desks.example.com", "https://login.example.com", "ada@example.com"),
        NewSite("mine", "vanilla", demo="ada@example.com"),
    ],
    ids=["bare", "whole", "demo"],
)
def test_nothing_is_underlined_in_a_new_site(
    editor: LanguageServer, schema: Schema, new: NewSite
) -> None:
    for name, text in files(new, ROOT / "generator" / "templates", schema).items():
        place = ROOT / "values" / "sites" / new.name / name
        assert editor.findings(place, text) == []
        assert len(editor.findings(place, f"{text}tpyo: 1\n")) == 1


def test_a_new_line_is_offered_every_value_that_a_site_sets(site: Writer, schema: Schema) -> None:
    assert set(site.offered("|")) == set(schema.root["properties"]) - {"scope", "shard"}


def test_a_tenants_file_is_offered_people_only(tenants: Writer) -> None:
    assert set(tenants.offered("|")) == {"groups", "tenants"}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("gateway:\n  |", {"host", "existing", "tls"}),
        ("gateway:\n  host: a.example.com\n  |", {"existing", "tls"}),
        ("gateway:\n  tls:\n    mode: |", {"secret", "terminated", "none"}),
        ("notebooks:\n  images:\n    jupyter-scipy:\n      |", {"type", "image", "gpu", "state"}),
        ("plans:\n  |", {"standard", "plan"}),
    ],
)
def test_what_fits_at_a_position_is_offered(site: Writer, text: str, labels: set[str]) -> None:
    assert set(site.offered(text)) == labels


def test_a_new_entry_of_a_map_is_offered_with_what_it_must_have(tenants: Writer) -> None:
    assert tenants.offered("tenants:\n  |") == {"tenant": "${1:tenant}: "}

    offered = tenants.offered("tenants:\n  astronomy:\n    |")

    keys = {"owner", "plan", "members", "groups", "labels", "state"}
    assert set(offered) == {"tenant", *keys}
    whole = re.sub(r"\$\{\d:(.*?)\}", r"\1", offered["tenant"])
    assert whole == "owner: ada@example.com\nplan: standard"
    assert tenants.findings("tenants:\n  a:\n    " + whole.replace("\n", "\n    ") + "\n") == []


def test_hovering_over_a_key_explains_it(site: Writer) -> None:
    shown = site.hover("notebooks:\n  culling:\n    idle|Minutes: 60\n")

    assert "Minutes without kernel activity after which a notebook is stopped." in shown
    assert "Default: `240`. From 1 to 525600. Since 0.1.0." in shown


def test_hovering_shows_choices_and_examples(site: Writer) -> None:
    mode = site.hover("gateway:\n  tls:\n    mo|de: none\n")
    host = site.hover("gateway:\n  ho|st: a.example.com\n")

    assert "`terminated`: a load balancer of yours serves HTTPS in front of it." in mode
    assert all(f"* `{choice}`\n" in mode for choice in ("secret", "terminated", "none"))
    assert "```yaml\nnotebooks.example.com\n```" in host


def test_hovering_over_an_entry_of_the_defaults_tells_its_own_default(site: Writer) -> None:
    shown = site.hover("notebooks:\n  images:\n    jupyter-pytorch-cuda:\n      g|pu: amd\n")

    assert "Default: `nvidia`." in shown


@pytest.mark.parametrize(
    ("text", "underlined", "reason"),
    [
        ("gateway:\n  hots: a.example.com\n", "hots", "Property hots is not allowed."),
        ("gateway:\n  tls:\n    mode: nome\n", "nome", "Valid values: "),
        ("notebooks:\n  culling: {idleMinutes: 4h}\n", "4h", "Incorrect type"),
        ("identity:\n  admins: [Ada@example.com]\n", "Ada@example.com", "does not match"),
        ("notebooks:\n  images:\n    mine: {type: jupyter}\n", "mine", 'property "image"'),
        ("components:\n  dashboard: {replicas: 21}\n", "21", "above the maximum"),
    ],
)
def test_a_mistake_is_underlined_where_it_is(
    site: Writer, text: str, underlined: str, reason: str
) -> None:
    ((where, why),) = site.underlined(text)

    assert where == underlined
    assert reason in why


def test_a_value_of_the_platform_is_underlined_in_a_tenants_file(tenants: Writer) -> None:
    assert tenants.underlined("components: {}\n") == [
        ("components", "Property components is not allowed.")
    ]
