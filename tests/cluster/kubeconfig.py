"""The files by which programs find the API server."""

import json
from pathlib import Path

from tests.cluster.certificates import Authority, KeyPair


def kubeconfig(file: Path, port: int, authority: Authority, client: KeyPair) -> Path:
    """Write a kubeconfig, which is YAML and hence may be JSON; returns `file`."""
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "certificate-authority": str(authority.files.certificate),
    }
    context = {"cluster": "carrel-test", "user": "admin"}
    user = {"client-certificate": str(client.certificate), "client-key": str(client.key)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "carrel-test", "cluster": cluster}],
        "users": [{"name": "admin", "user": user}],
        "contexts": [{"name": "carrel-test", "context": context}],
        "current-context": "carrel-test",
    }
    file.write_text(json.dumps(content, indent=1))
    return file
