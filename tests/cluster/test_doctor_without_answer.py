"""Where `carrel doctor` gets no answer, it says in a sentence why, and what to do."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.cluster.certificates import Authority
from tests.cluster.cluster import Cluster
from tests.cluster.control_plane import ControlPlane

from carrel import cli
from carrel.cluster.kubectl import find_kubectl

ELSEWHERE = "name another one with --kubeconfig or --context, or log in to it"
AGAIN = "log in again, or name another user's with --kubeconfig or --context"
BEFORE = "see whether a proxy or a login page stands before the cluster"
LOGIN = "/version is answered, but not as an API server does: '<html>/%s</html>'"
PAGES = {
    "another program": "it",
    "a program that has too much to do": "busy",
    "a program that sends away": "away",
    "a program that is broken": "broken",
}
"""Path of the server: clusters behind Rancher have one."""

NO_ANSWER = {
    "a server that is not there": f"the cluster cannot be asked (…127.0.0.1:1…): {ELSEWHERE}",
    "another server": f"the cluster cannot be asked (…unknown authority…): {ELSEWHERE}",
    "a file that is not there": f"the cluster cannot be asked (…no such file…): {ELSEWHERE}",
    "a context that is not there": f'the cluster cannot be asked (…"gone" does not…): {ELSEWHERE}',
    "an expired certificate": f"the cluster does not accept your credentials, which may…: {AGAIN}",
    "no kubeconfig": "no kubeconfig says which cluster to ask: KUBECONFIG is not set, and "
    "~/.kube/config is not there: name a file with --kubeconfig",
    "a variable that names no file": "no kubeconfig says which cluster to ask: KUBECONFIG is "
    "/gone, which names none: name a file with --kubeconfig",
    "another program": f"{LOGIN % 'it/version'}: {BEFORE}",
    "a program that has too much to do": f"{LOGIN % 'busy/version'}: {BEFORE}",
    "a program that sends away": f"/version is answered, but…'<html>elsewhere</html>': {BEFORE}",
    "a program that is broken": f"the cluster cannot be asked (<html>sorry</html>): {ELSEWHERE}",
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_no_answer_is_a_sentence(
    case: str,
    cluster: Cluster,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(project))
    if case == "a variable that names no file":
        monkeypatch.setenv("KUBECONFIG", "/gone")
    command = ["-C", str(project), "doctor", "probe", "--kubectl", str(cluster.kubectl)]

    with _login_page() as page:
        code = cli.main([*command, *_without_answer(case, cluster.plane, project, page)])

    said = capsys.readouterr().err.splitlines()[-1]
    assert re.fullmatch(re.escape(f"carrel: {NO_ANSWER[case]}").replace("…", ".*"), said), said
    assert code == 3


@contextmanager
def _login_page() -> Iterator[str]:
    """A program on loopback that is no API server."""
    asked: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path.startswith("/busy") and asked.count(self.path) <= 2:
                status = (429, 503)[asked.count(self.path) - 1]
                self.answer(status, "wait", {"Retry-After": "0"})
            elif self.path.startswith("/away"):
                self.answer(302, "elsewhere", {"Location": "/login"})
            elif self.path.startswith("/broken"):
                self.answer(503, "sorry")
            else:
                self.answer(200, self.path)

        def answer(self, status: int, said: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(f"<html>{said}</html>".encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _without_answer(case: str, plane: ControlPlane, folder: Path, page: str) -> list[str]:
    """The options that name a cluster, or nobody's."""
    content = json.loads(plane.kubeconfig.read_text())
    server, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
    file, context = folder / "kubeconfig", "carrel-test"
    if case in ("no kubeconfig", "a variable that names no file"):
        return []
    if case == "a context that is not there":
        context = "gone"
    elif case == "a file that is not there":
        file = folder / "gone"
    elif case == "a server that is not there":
        server["server"] = "https://127.0.0.1:1"
    elif case in PAGES:
        content["clusters"][0]["cluster"] = {"server": f"{page}/{PAGES[case]}"}
    elif case == "another server":
        authority = Authority.create(folder / "another")
        server["certificate-authority"] = str(authority.files.certificate)
    else:
        expired = plane.authority.issue("late", lifetime=timedelta(seconds=-1))
        user["client-certificate"], user["client-key"] = map(
            str, (expired.certificate, expired.key)
        )
    (folder / "kubeconfig").write_text(json.dumps(content))
    return [f"--kubeconfig={file}", f"--context={context}"]


def test_a_folder_for_sockets_with_a_long_path_is_no_hindrance(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("ж" * 60)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    kubectl = find_kubectl(str(cluster.kubectl), str(cluster.plane.kubeconfig), None)

    with kubectl.api() as api:
        assert api.get("/version")["major"] == "1"


def test_a_socket_that_cannot_be_made_is_a_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some file systems have none."""
    ending = project / "kubectl"
    said = "error: listen unix /tmp/carrel-1/api: bind: operation not permitted"
    ending.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    ending.chmod(0o755)

    code = cli.main(["-C", str(project), "doctor", "probe", "--kubectl", str(ending)])

    assert code == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"carrel: kubectl cannot listen on a socket ({said.removeprefix('error: ')}): "
        "set TMPDIR to a folder with a short path on a local disk"
    )


def test_a_kubectl_elsewhere_is_a_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a container or on another machine it makes the socket there."""
    elsewhere = project / "kubectl"
    elsewhere.write_text("#!/bin/sh\necho Starting to serve\nexec sleep 60\n")
    elsewhere.chmod(0o755)

    code = cli.main(["-C", str(project), "doctor", "probe", "--kubectl", str(elsewhere)])

    assert code == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        "carrel: the socket of kubectl proxy cannot be opened (No such file or directory): "
        "name a kubectl with --kubectl that runs on this machine as you"
    )


def test_a_missing_kubectl_is_a_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["-C", str(project), "doctor", "probe", "--kubectl", "no-such-kubectl"]

    assert cli.main(command) == 3

    said = capsys.readouterr().err
    assert "carrel: no-such-kubectl is missing and doctor asks the cluster with" in said


def test_who_may_not_even_ask_what_there_is_gets_warnings(
    fresh_cluster: Cluster, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some owners take away what Kubernetes lets everybody see."""
    for name in ("system:basic-user", "system:discovery", "system:public-info-viewer"):
        fresh_cluster.api.delete("clusterrolebindings.rbac.authorization.k8s.io", name)
    content = json.loads(fresh_cluster.plane.kubeconfig.read_text())
    content["users"][0]["user"]["as"] = "nobody"
    (project / "kubeconfig").write_text(json.dumps(content))
    command = ["-C", str(project), "doctor", "probe", "--kubectl", str(fresh_cluster.kubectl)]

    code = cli.main([*command, "--kubeconfig", str(project / "kubeconfig")])

    said = capsys.readouterr().out
    assert set(re.findall(r"\[([EW]\d+)\]", said)) == {"W500"}
    for path in ("/version", "/apis/apps/v1", "selfsubjectaccessreviews", "/api/v1/nodes"):
        assert re.search(rf"W500\] \S*{path} cannot be looked at", said)
    assert code == 0
