"""`carrel images` and `carrel secrets` print data on stdout and nothing else there."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from carrel.yamlio import reader

Carrel = Callable[..., subprocess.CompletedProcess[str]]


def test_images_are_printed_one_per_line(carrel: Carrel, rendered: Path) -> None:
    done = carrel("images", "lab")

    assert done.returncode == 0
    assert done.stdout == (rendered / "images.txt").read_text()


def test_every_image_is_at_the_sites_registry(carrel: Carrel) -> None:
    done = carrel("images", "vault")

    lines = done.stdout.splitlines()
    assert len(lines) > 8
    assert all(line.startswith("registry.vault.example.com/carrel/") for line in lines)


def test_images_say_where_they_are_used(carrel: Carrel) -> None:
    done = carrel("images", "vault", "--format", "json")

    found = {entry["image"]: entry["usedBy"] for entry in json.loads(done.stdout)}
    (hidden,) = (uses for image, uses in found.items() if "jupyter-tensorflow-full" in image)
    (dashboard,) = (uses for image, uses in found.items() if "/dashboard/dashboard:" in image)
    assert hidden == ["notebooks.images.jupyter-tensorflow"]
    assert dashboard == ["Deployment kubeflow/dashboard spec.template.spec.containers[0].image"]


def with_password(project: Path) -> None:
    """Let vault's dashboard read a password from a Secret."""
    site = project / "values/sites/vault/site.yaml"
    text = site.read_text()
    old = "  dashboard:\n"
    assert text.count(old) == 1
    reference = "{secretKeyRef: {name: dashboard-login, key: password}}"
    site.write_text(text.replace(old, f"{old}    extraEnv: {{PASSWORD: {reference}}}\n"))


COOKIES = """\
apiVersion: v1
kind: Pod
metadata: {name: probe, namespace: kubeflow}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: probe
      image: {{ include "carrel.image" (dict "root" . "path" "" "image" $image) }}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      env: [{name: KEY, valueFrom: {secretKeyRef: {name: cookies, key: cookie-secret}}}]
"""


def test_secrets_are_fresh_each_time_and_never_written(project: Path, carrel: Carrel) -> None:
    image = "{{ $image := .Values.components.dashboard.image }}"
    template = f'{image}{{{{ if eq .Values.scope "platform" }}}}\n{COOKIES}{{{{ end }}}}\n'
    (project / "chart/templates/probe.yaml").write_text(template)

    first, second = carrel("secrets", "vault"), carrel("secrets", "vault")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    made = [each for each in reader.read_objects(first.stdout) if isinstance(each, dict)]
    assert [each["metadata"] for each in made] == [
        {"name": "cookies", "namespace": "kubeflow"},
        {"name": "oauth2-proxy-cookie", "namespace": "oauth2-proxy"},
    ]
    secret = made[0]
    value = secret["stringData"]["cookie-secret"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}=", value)
    assert value not in second.stdout
    assert not (project / "dist").exists()


def test_nothing_is_invented_for_what_a_site_has_read(project: Path, carrel: Carrel) -> None:
    with_password(project)

    done = carrel("secrets", "vault")

    assert done.returncode == 0
    assert "dashboard-login" not in done.stdout
    command = "kubectl create secret generic dashboard-login -n kubeflow"
    literal = "--from-literal=password=VALUE"
    assert f"make Secret kubeflow/dashboard-login yourself: {command} {literal}" in done.stderr


def test_what_cannot_be_made_is_a_command_on_stderr(carrel: Carrel) -> None:
    done = carrel("secrets", "vault")

    assert "stringData" in done.stdout
    assert "client" not in done.stdout
    assert "make Secret istio-system/notebooks-vault-tls yourself: kubectl create" in done.stderr
    assert "make Secret kubeflow/registry-login yourself: kubectl create" in done.stderr
    assert "make Secret rates/registry-login yourself: kubectl create" in done.stderr
    assert "make Secret oauth2-proxy/oauth2-proxy-client yourself: kubectl create" in done.stderr
    assert "--from-literal=client-secret=VALUE" in done.stderr
