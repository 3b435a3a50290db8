"""docs/login.md: its examples are sites, and its table is what the chart does."""

import re
import tomllib
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

from carrel.k8s import objects
from carrel.tools.helm import Helm

PAGE = "docs/login.md"
SITE = """\
site: {name: lab, platform: vanilla}
gateway: {host: desks.example, tls: {mode: secret, secretName: tls}}
"""


class Block(Protocol):
    """As in conftest.py."""

    page: str
    language: str
    text: str

    @property
    def commands(self) -> list[str]: ...


class Checkout(Protocol):
    """As in conftest.py."""

    root: Path

    def run(self, script: str) -> Any: ...


def examples(blocks: list[Block]) -> list[Block]:
    return [each for each in blocks if (each.page, each.language) == (PAGE, "yaml")]


def test_its_command_runs(blocks: list[Block], checkout: Checkout) -> None:
    first = next(each for each in blocks if each.page == PAGE)
    checkout.run(first.text).check_returncode()


def test_each_example_is_a_site(blocks: list[Block], checkout: Checkout) -> None:
    found = examples(blocks)
    assert len(found) == 4
    for example in found:
        (checkout.root / "values/sites/lab/site.yaml").write_text(SITE + example.text)
        checkout.run("make validate SITE=lab").check_returncode()


@pytest.mark.parametrize("preset", ["generic", "entra", "keycloak", "dex"])
def test_the_table_is_what_the_chart_does(
    preset: str, pages: dict[str, str], project_root: Path, helm4: Helm, tmp_path: Path
) -> None:
    (row,) = re.findall(rf"^\| `{preset}` \| (.*) \|$", pages[PAGE], re.MULTILINE)
    file = tmp_path / "site.yaml"
    oidc = {"preset": preset, "issuer": "https://login.example", "clientId": "carrel"}
    values = yaml.safe_load(SITE) | {"identity": {"mode": "external", "oidc": oidc}}
    file.write_text(yaml.safe_dump(values))
    printed = helm4.template(
        project_root / "chart",
        release="carrel",
        namespace="carrel-system",
        values=[project_root / "values/platforms/vanilla.yaml", file],
        kube_version="1.36.0",
    )
    rendered, _ = objects.read(printed, "carrel")
    (config,) = [
        each.body["data"]["oauth2_proxy.cfg"]  # type: ignore[index]
        for each in rendered
        if (each.kind, each.name) == ("ConfigMap", "oauth2-proxy")
    ]
    told = tomllib.loads(config)

    keys = ("oidc_email_claim", "oidc_groups_claim", "scope", "cookie_refresh")
    shown = [told[key].removesuffix("m") for key in keys[3:]]
    claims = [f"`{told[key]}`" for key in keys[:3]]
    assert row.split(" | ") == [*claims, *shown]
