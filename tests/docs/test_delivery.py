"""What docs/prerequisites.md and docs/gitops.md say to do, done."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest


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
    environment: dict[str, str]

    def run(self, script: str) -> Any: ...

    def program(self, name: str, script: str) -> Path: ...


BlockFinder = Callable[[str], Block]

PAGES = {"docs/prerequisites.md": "prerequisites", "docs/gitops.md": "gitops"}


@pytest.mark.parametrize("page", PAGES)
def test_the_first_command_writes_what_the_page_is_about(
    page: str, blocks: list[Block], checkout: Checkout
) -> None:
    first = next(each for each in blocks if each.page == page)

    checkout.run(first.text).check_returncode()

    assert list((checkout.root / "dist").glob(f"*/{PAGES[page]}/*.*"))


@pytest.mark.parametrize("page", PAGES)
def test_its_values_are_values(page: str, blocks: list[Block], checkout: Checkout) -> None:
    (example,) = [each for each in blocks if (each.page, each.language) == (page, "yaml")]
    file = checkout.root / "values/sites/lab/site.yaml"
    file.write_text(file.read_text() + example.text)

    checkout.run("make render SITE=lab").check_returncode()

    bundle = checkout.root / "dist" / "lab"
    assert (bundle / "prerequisites").exists() == (page != "docs/prerequisites.md")
    assert (bundle / "gitops").exists() == (page == "docs/gitops.md")


def git(repository: Path, checkout: Checkout, *arguments: str) -> str:
    return subprocess.run(
        ["/usr/bin/env", "git", *arguments],
        cwd=repository,
        env=checkout.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_commit_holds_the_folder_and_nothing_of_an_older_one(
    block: BlockFinder, blocks: list[Block], checkout: Checkout
) -> None:
    clusters = checkout.root.parent / "clusters"
    clusters.mkdir()
    git(clusters, checkout, "init", "--quiet")
    git(clusters, checkout, "config", "user.name", "somebody")
    git(clusters, checkout, "config", "user.email", "somebody@example.com")
    checkout.run(next(each for each in blocks if each.page == "docs/gitops.md").text)
    script = block("mkdir -p ../clusters/").text

    checkout.run(f"set -e\n{script}").check_returncode()
    stale = clusters / "clusters/campus/manifests/stale.yaml"
    stale.write_text("# of a former render\n")
    git(clusters, checkout, "add", "--all")
    git(clusters, checkout, "commit", "--quiet", "--message", "stale")
    checkout.run(f"set -e\n{script}").check_returncode()

    committed = git(clusters, checkout, "ls-files").splitlines()
    bundle = checkout.root / "dist" / "campus"
    rendered = [path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()]
    assert committed == sorted(f"clusters/campus/{path.as_posix()}" for path in rendered)
    assert git(clusters, checkout, "status", "--porcelain") == ""


def test_the_start_is_a_file_that_is_there(
    block: BlockFinder, blocks: list[Block], checkout: Checkout
) -> None:
    checkout.run(next(each for each in blocks if each.page == "docs/gitops.md").text)
    checkout.program("kubectl", '#!/bin/sh\nexec cat "$3"\n')

    done = checkout.run(block("kubectl apply -f dist/campus/gitops/").text)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("kind: Application\n") == 2
    assert (checkout.root / "dist/campus/gitops/flux.yaml").is_file()
