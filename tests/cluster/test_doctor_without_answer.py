"""Where `carrel doctor` gets no answer, it says in a sentence why, and what to do."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cluster.certificates import Authority
from tests.cluster.cluster import Cluster
from tests.cluster.control_plane import ControlPlane

from carrel import cli

ELSEWHERE = "name another one with --kubeconfig or --context, or log in to it"
AGAIN = "log in again, or name another user's with --kubeconfig or --context"
NO_ANSWER = {
    "a server that is not there": f"the cluster cannot be asked (…127.0.0.1:1…): {ELSEWHERE}",
    "another server": f"the cluster cannot be asked (…unknown authority…): {ELSEWHERE}",
    "a file that is not there": f"the cluster cannot be asked (…no such file…): {ELSEWHERE}",
    "a context that is not there": f'the cluster cannot be asked (…"gone" does not…): {ELSEWHERE}',
    "an expired certificate": f"the cluster does not accept your credentials, which may…: {AGAIN}",
    "no kubeconfig": "no kubeconfig says which cluster to ask: KUBECONFIG is not set, and "
    "~/.kube/config is not there: name a file with --kubeconfig",
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
    options = _without_answer(case, cluster.plane, project)
    command = ["-C", str(project), "doctor", "probe", "--kubectl", str(cluster.kubectl)]

    code = cli.main([*command, *options])

    said = capsys.readouterr().err.splitlines()[-1]
    assert re.fullmatch(re.escape(f"carrel: {NO_ANSWER[case]}").replace("…", ".*"), said), said
    assert code == 3


def _without_answer(case: str, plane: ControlPlane, folder: Path) -> list[str]:
    """The options that name a cluster, or nobody's."""
    content = json.loads(plane.kubeconfig.read_text())
    server, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
    file, context = folder / "kubeconfig", "carrel-test"
    if case == "no kubeconfig":
        return []
    if case == "a context that is not there":
        context = "gone"
    elif case == "a file that is not there":
        file = folder / "gone"
    elif case == "a server that is not there":
        server["server"] = "https://127.0.0.1:1"
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


def test_a_missing_kubectl_is_a_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["-C", str(project), "doctor", "probe", "--kubectl", "no-such-kubectl"]

    assert cli.main(command) == 3

    said = capsys.readouterr().err
    assert "carrel: no-such-kubectl is missing and doctor asks the cluster with" in said
