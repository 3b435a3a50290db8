"""The chart of the last release, which upgrades are tested from.

    python -m tests.cluster.last_release

packages the chart as it is, and with it the values of the site that the tests install. To be run
when a version is released. The same chart gives the same bytes.
"""

import gzip
import io
import shutil
import sys
import tarfile
from pathlib import Path

from carrel.yamlio.reader import read_objects

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "fixtures" / "releases"
VALUES = (
    Path("values", "platforms", "eks.yaml"),
    Path("values", "sites", "campus", "site.yaml"),
    Path("values", "sites", "campus", "tenants.yaml"),
)


def package(chart: Path) -> bytes:
    """A chart as `helm package` makes it, but without times and owners."""
    stream = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for file in sorted(path for path in chart.rglob("*") if path.is_file()):
            content = file.read_bytes()
            entry = tarfile.TarInfo(f"carrel/{file.relative_to(chart).as_posix()}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def main() -> int:
    """Replace the fixture; returns the exit code."""
    chart = ROOT / "chart"
    (description,) = read_objects((chart / "Chart.yaml").read_text())
    assert isinstance(description, dict)
    shutil.rmtree(FOLDER, ignore_errors=True)
    for file in VALUES:
        (FOLDER / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, FOLDER / file)
    (FOLDER / f"carrel-{description['version']}.tgz").write_bytes(package(chart))
    return 0


if __name__ == "__main__":
    sys.exit(main())
