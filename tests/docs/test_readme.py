"""Every command of the pages is run here, or listed with the reason why it cannot be."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from carrel.yamlio.reader import read_objects


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

    def program(self, name: str, script: str) -> Path: ...


BlockFinder = Callable[[str], Block]

RUN_WHOLE = (
    ".venv/bin/carrel new mine",
    "cd dist/vault",
    ".venv/bin/carrel validate",
    "mkdir -p ../clusters/",
    "kubectl apply -f dist/campus/gitops/",
)
"""How the blocks begin that a test runs from their first line to their last, here or in
test_delivery.py."""

RUN_ALONE = (r"make [a-z-]+", r"helm upgrade --install ")
"""What the tests below run wherever it stands."""

NOT_RUN = {
    r"kind create cluster$": "makes a cluster",
    r"helm repo add istio ": "asks a server for Istio's charts",
    r"helm install istio": "fetches Istio's charts and needs a cluster",
    r"helm repo add jetstack ": "asks a server for cert-manager's chart",
    r"helm install cert-manager": "fetches cert-manager's chart and needs a cluster",
    r"helm uninstall ": "needs a cluster",
    r"\.venv/bin/carrel doctor ": "needs a cluster; tests/cluster/test_doctor.py runs it on one",
    r"kubectl -n \S+ rollout status ": "needs a cluster",
    r"kubectl -n \S+ port-forward ": "needs a cluster",
}
"""Commands that need what a test has not: pattern → why."""


def shell(blocks: list[Block]) -> Iterator[tuple[Block, str]]:
    """Every command of every block that no test runs whole."""
    for block in blocks:
        if block.language == "sh" and not block.text.startswith(RUN_WHOLE):
            yield from ((block, command) for command in block.commands)


def bodies(text: str) -> list[Any]:
    """The objects in what Helm prints for one release or several."""
    return [body for body in read_objects(text) if body is not None]


def identities(text: str) -> list[str]:
    """The objects in what Helm prints, as `objects.txt` has them."""
    return sorted(
        "/".join(
            (
                body["apiVersion"].rpartition("/")[0] or "core",
                body["kind"],
                body["metadata"].get("namespace") or "-",
                body["metadata"]["name"],
            )
        )
        for body in bodies(text)
    )


def test_the_readme_has_commands_and_every_block_says_its_language(blocks: list[Block]) -> None:
    assert {block.language for block in blocks if block.page == "README.md"} == {"sh", "yaml"}
    assert all(block.language for block in blocks)


def test_every_command_is_run_or_has_a_reason_why_not(blocks: list[Block]) -> None:
    patterns = (*RUN_ALONE, *NOT_RUN)

    for block, command in shell(blocks):
        assert len([each for each in patterns if re.match(each, command)]) == 1, (
            f"{block.page}: {command}"
        )


def test_no_reason_is_left_over(blocks: list[Block]) -> None:
    commands = [command for _, command in shell(blocks)]

    for pattern in (*RUN_ALONE, *NOT_RUN):
        assert any(re.match(pattern, command) for command in commands), pattern
    for start in RUN_WHOLE:
        assert len([block for block in blocks if block.text.startswith(start)]) == 1, start


def test_every_make_target_that_is_named_exists(
    pages: dict[str, str], blocks: list[Block], checkout: Checkout
) -> None:
    in_blocks = {command for block in blocks for command in block.commands}
    in_text = {found for text in pages.values() for found in re.findall(r"`(make [^`\n]+)`", text)}
    named = sorted(each for each in in_blocks | in_text if each.startswith("make "))

    assert {"make test", "make render SITE=lab"} <= set(named)
    for command in named:
        assert re.fullmatch(r"make [a-z-]+( [A-Z0-9]+=[\w.]+)?", command), command
        done = checkout.run(command.replace("make ", "make -n ", 1))
        assert done.returncode == 0, f"{command}: {done.stderr}"


def test_the_first_command_renders_what_helm_alone_would_install(
    block: BlockFinder, checkout_with_any_helm: Checkout
) -> None:
    checkout = checkout_with_any_helm
    first = block("make render SITE=lab").commands[0]

    rendered = checkout.run(first)
    by_hand = checkout.run(block("helm upgrade --install carrel ").text)
    by_make = checkout.run("make install SITE=lab")

    assert first == "make render SITE=lab"
    assert (rendered.returncode, by_hand.returncode, by_make.returncode) == (0, 0, 0)
    listed = (checkout.root / "dist/lab/objects.txt").read_text().splitlines()
    assert identities(by_hand.stdout) == listed
    assert bodies(by_make.stdout) == bodies(by_hand.stdout)


def test_a_site_of_your_own(block: BlockFinder, checkout: Checkout) -> None:
    new, validate, install = block(".venv/bin/carrel new mine").commands
    file = checkout.root / "values/sites/mine/site.yaml"

    made = checkout.run(new)
    valid = checkout.run(validate)
    text = file.read_text()
    file.write_text(text.replace("mode: external", "mode: extrenal"))
    wrong = checkout.run(validate)
    file.write_text(text)
    installed = checkout.run(install)

    assert made.returncode == 0, made.stderr
    assert "to do: write identity.oidc.issuer" in made.stderr
    assert wrong.returncode != 0
    assert re.search(
        r"^values/sites/mine/site.yaml:\d+:\d+: error\[E104\] .*external",
        wrong.stdout + wrong.stderr,
        re.MULTILINE,
    )
    assert valid.returncode == 0, valid.stderr
    assert "1 site is valid: mine" in valid.stdout + valid.stderr
    assert installed.returncode == 0, installed.stderr
    listed = (checkout.root / "dist/mine/objects.txt").read_text().splitlines()
    assert identities(installed.stdout) == listed


def test_ci_annotates_the_line(block: BlockFinder, checkout: Checkout) -> None:
    command = block(".venv/bin/carrel validate").text
    file = checkout.root / "values/sites/lab/site.yaml"
    lines = file.read_text().splitlines()

    fine = checkout.run(command)
    file.write_text("\n".join([*lines, "replica: 1\n"]))
    wrong = checkout.run(command)

    assert fine.returncode == 0, fine.stderr
    assert "::error" not in fine.stdout
    assert wrong.returncode == 1
    assert f"::error file=values/sites/lab/site.yaml,line={len(lines) + 1},col=1," in wrong.stdout


def test_a_warning_is_accepted_as_the_page_says(blocks: list[Block], checkout: Checkout) -> None:
    (example,) = [each for each in blocks if (each.language, each.page) == ("yaml", "README.md")]
    file = checkout.root / "values/sites/lab/site.yaml"
    before = checkout.run(".venv/bin/carrel validate lab").stdout
    plain = re.sub(r" #.*", "", example.text)

    file.write_text(file.read_text().replace(plain, example.text))
    after = checkout.run(".venv/bin/carrel validate lab").stdout

    assert "[W203]" in before
    assert "[W203]" not in after
    assert "1 ignored" in after


class AirGap:
    """`dist/vault` beyond the gap, with a `kubectl` that writes down what it is told."""

    def __init__(self, checkout: Checkout, block: BlockFinder) -> None:
        self.checkout = checkout
        self.script = block("cd dist/vault").text
        self.log = checkout.root / "kubectl.log"
        checkout.run(block("make render SITE=vault").text).check_returncode()
        self.bundle = checkout.root / "dist" / "vault"

    def apply(self, refused: str = "nothing") -> tuple[Any, list[str]]:
        """Run the commands; kubectl fails on the phase `refused`."""
        self.log.write_text("")
        self.checkout.program(
            "kubectl",
            f'#!/bin/sh\necho "$*" >> {self.log}\ncase "$*" in *{refused}*) exit 1 ;; esac\n',
        )
        done = self.checkout.run(self.script)
        return done, self.log.read_text().splitlines()


@pytest.fixture
def air_gap(checkout: Checkout, block: BlockFinder) -> AirGap:
    """`dist/vault`, rendered as the page says."""
    return AirGap(checkout, block)


def test_behind_an_air_gap_every_phase_is_applied_in_order(air_gap: AirGap) -> None:
    phases = sorted(path.name for path in (air_gap.bundle / "manifests").iterdir() if path.is_dir())

    done, told = air_gap.apply()

    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in told] == ["apply", "wait"] * len(phases)
    assert [line.split()[-1] for line in told[::2]] == [f"manifests/{each}/" for each in phases]


def test_behind_an_air_gap_a_changed_file_stops_everything(air_gap: AirGap) -> None:
    with (air_gap.bundle / "images.txt").open("a") as stream:
        stream.write("another\n")

    done, told = air_gap.apply()

    assert done.returncode != 0
    assert "images.txt: FAILED" in done.stdout
    assert told == []


def test_behind_an_air_gap_a_phase_that_fails_is_the_last(air_gap: AirGap) -> None:
    _, told = air_gap.apply(refused="20-rbac")

    assert [line.split()[-1] for line in told if line.startswith("apply")] == [
        "manifests/00-namespaces/",
        "manifests/10-crds/",
        "manifests/20-rbac/",
    ]


@pytest.mark.parametrize("site", ["lab", "campus", "vault"])
def test_the_table_of_a_bundle_names_all_that_is_in_it(
    site: str, pages: dict[str, str], checkout: Checkout
) -> None:
    table = pages["README.md"].split("\n| file | what it is for |\n", 1)[1].split("\n\n", 1)[0]
    first_column = [row.split("|")[1] for row in table.splitlines()[1:]]
    named = re.findall(r"`([^`]+)`", " ".join(first_column))
    checkout.run(f"make render SITE={site}").check_returncode()
    bundle = checkout.root / "dist" / site
    site_file = checkout.root / "values/sites" / site / "site.yaml"

    found = {name: set(bundle.glob(re.sub("NN", "[0-9][0-9]", name.rstrip("/")))) for name in named}

    missing = [] if "gitops:" in site_file.read_text() else ["gitops/"]
    assert [name for name, paths in found.items() if not paths] == missing
    assert [
        name
        for name, paths in found.items()
        for path in paths
        if path.is_dir() != name.endswith("/")
    ] == []
    assert set().union(*found.values()) == set(bundle.iterdir())
