"""The Secrets that a site needs are listed once, and made only where that can be done."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.reference import REGISTRY_LOGIN, TLS, Reference
from carrel.secrets import OPAQUE, RequiredSecret, inventory, manifest, required
from carrel.yamlio import reader

WEB = RenderedObject("apps/v1", "Deployment", "kubeflow", "web", "chart/templates/x.yaml", "")


def reference(name: str, *keys: str, kind: str = "", field: str = "env") -> Reference:
    return Reference(
        WEB, ("spec", field), Identity("", "Secret", "kubeflow", name), keys, secret_type=kind
    )


def secret(kind: str = OPAQUE, *keys: str) -> RequiredSecret:
    return RequiredSecret("kubeflow", "login", kind, keys, ())


def test_uses_of_one_secret_are_put_together() -> None:
    found = required(
        [reference("b", "x"), reference("a", "z"), reference("a", "y", field="envFrom")]
    )

    assert [(each.name, each.keys) for each in found] == [("a", ("y", "z")), ("b", ("x",))]
    assert found[0].used_by == (
        "Deployment kubeflow/web spec.env",
        "Deployment kubeflow/web spec.envFrom",
    )


def test_a_secret_that_a_site_has_read_is_never_random() -> None:
    own = reference("a", "token")

    (found,) = required([own, replace(own, by_site=True)])

    assert not found.can_be_random
    assert found.command().endswith("--from-literal=token=VALUE")


@pytest.mark.parametrize(
    ("needed", "can"),
    [
        (secret(OPAQUE, "cookie-secret"), True),
        (secret(OPAQUE), False),
        (secret(OPAQUE, "client-secret"), False),
        (secret(OPAQUE, "dex-client-secret"), True),
        (secret(OPAQUE, "ada.hash"), False),
        (secret(OPAQUE, "bind-password"), False),
        (secret(TLS, "tls.crt", "tls.key"), False),
        (secret(REGISTRY_LOGIN, ".dockerconfigjson"), False),
    ],
)
def test_only_what_nobody_else_decides_is_random(needed: RequiredSecret, can: bool) -> None:
    assert needed.can_be_random is can
    assert bool(manifest([needed], bytes)) is can


@pytest.mark.parametrize(
    ("needed", "command"),
    [
        (
            secret(TLS, "tls.crt"),
            "kubectl create secret tls login -n kubeflow --cert=CERTIFICATE.pem --key=KEY.pem",
        ),
        (
            secret(REGISTRY_LOGIN),
            "kubectl create secret docker-registry login -n kubeflow "
            "--docker-server=HOST --docker-username=USER --docker-password=PASSWORD",
        ),
        (
            secret(OPAQUE, "client-id", "client-secret"),
            "kubectl create secret generic login -n kubeflow "
            "--from-literal=client-id=VALUE --from-literal=client-secret=VALUE",
        ),
        (
            secret(OPAQUE),
            "kubectl create secret generic login -n kubeflow --from-literal=KEY=VALUE",
        ),
    ],
)
def test_the_command_makes_a_secret_of_the_right_type(needed: RequiredSecret, command: str) -> None:
    assert needed.command() == command


def test_the_command_for_random_values_works_in_any_shell(tmp_path: Path) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\nfor argument; do echo "$argument"; done\n')
    kubectl.chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", "-c", secret(OPAQUE, "a key").command()],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    *_, last = done.stdout.splitlines()
    assert re.fullmatch(r"--from-literal=a key=[A-Za-z0-9_-]{43}=", last)


def test_the_manifest_holds_fresh_values_for_every_key() -> None:
    numbers = iter(range(10))

    text = manifest([secret(OPAQUE, "a", "b")], lambda size: bytes([next(numbers)] * size))

    (found,) = reader.read_objects(text)
    assert isinstance(found, dict)
    assert found["kind"] == "Secret"
    assert found["metadata"] == {"name": "login", "namespace": "kubeflow"}
    assert found["stringData"]["a"] != found["stringData"]["b"]
    assert len(found["stringData"]["a"]) == 44


def test_two_programs_that_know_each_other_get_one_value() -> None:
    dex = RequiredSecret("auth", "dex-client", OPAQUE, ("dex-client-secret",), ())
    proxy = RequiredSecret("oauth2-proxy", "dex-client", OPAQUE, ("dex-client-secret", "x"), ())
    numbers = iter(range(10))

    text = manifest([dex, proxy], lambda size: bytes([next(numbers)] * size))

    one, two = (document["stringData"] for document in reader.read_objects(text))  # type: ignore[index]
    assert one["dex-client-secret"] == two["dex-client-secret"] != two["x"]


def test_two_commands_in_one_shell_agree_on_it(tmp_path: Path) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\nfor argument; do :; done; echo "$argument"\n')
    kubectl.chmod(0o755)
    commands = [
        RequiredSecret(namespace, "dex-client", OPAQUE, ("dex-client-secret",), ()).command()
        for namespace in ("auth", "oauth2-proxy")
    ]

    done = subprocess.run(
        ["/bin/sh", "-c", "\n".join(commands)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    one, two = done.stdout.splitlines()
    assert one == two
    assert re.fullmatch(r"--from-literal=dex-client-secret=[A-Za-z0-9_-]{43}=", one)


def test_the_inventory_says_what_for_and_how() -> None:
    (entry,) = json.loads(inventory(required([reference("a", "token")])))

    assert entry["namespace"] == "kubeflow"
    assert entry["keys"] == ["token"]
    assert entry["usedBy"] == ["Deployment kubeflow/web spec.env"]
    assert entry["random"] is True
    assert "/dev/urandom" in entry["command"]
