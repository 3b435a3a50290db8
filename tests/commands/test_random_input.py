"""Whatever bytes a site's file holds, the answer comes at once, in sentences, and takes little."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SCRIPT = """\
import contextlib, io, json, pathlib, random, resource, sys, time
from carrel.cli import main

root, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
file = root / "values/sites/lab/site.yaml"
site = file.read_bytes()
chance = random.Random(2607)
PARTS = [
    b"a", b": ", b":", b"- ", b"\\n", b"\\n  ", b"\\t", b"{", b"}", b"[", b"]", b",", b"&a ", b"*a",
    b"!!str ", b"|\\n", b">-\\n", b"? ", b"'", b'"', b"#", b"<<: ", b"---\\n", b"%", b"\\0",
    b"\\r\\n", b"\\xff", b"\\xc3\\xa9", b"site:", b"notebooks:\\n", b"1e9", b"on", b"~", b"\\\\x",
]

def noise():
    return chance.randbytes(chance.choice([1, 30, 3000]))

def tokens():
    return b"".join(chance.choices(PARTS, k=chance.choice([5, 50, 5000])))

def repeated():
    return b"".join(chance.choices(PARTS, k=chance.randint(1, 4))) * 20_000

def damaged():
    data = bytearray(site)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(data))
        data[at:at + chance.randint(0, 3)] = chance.choice([noise()[:3], chance.choice(PARTS)])
    return bytes(data)

def long_lines():
    start = chance.choice([b"x: '", b"gateway: {host: ", b"? ", b"groups: [["])
    return site + start + b"a" * 400_000

USUAL, RARE = [noise, tokens, damaged, damaged], [repeated, long_lines]

worst, codes, tracebacks = 0.0, {}, 0
main(["-C", str(root), "validate", "lab"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for number in range(count):
    file.write_bytes(chance.choice(RARE if number % 10 == 0 else USUAL)())
    said = io.StringIO()
    started = time.process_time()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(["-C", str(root), "validate", "lab"])
    worst = max(worst, time.process_time() - started)
    codes[code] = codes.get(code, 0) + 1
    tracebacks += "Traceback" in said.getvalue()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
megabytes = (after - before) / 1024
print(json.dumps({"worst": worst, "codes": codes, "tracebacks": tracebacks, "mb": megabytes}))
"""


def test_no_bytes_make_it_fail_or_take_its_time(
    project: Path, environment: Mapping[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, project, "200"],
        env=dict(environment),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (300, 300)),
        capture_output=True,
        text=True,
        check=True,
    )

    measured = json.loads(done.stdout.splitlines()[-1])
    # 0 valid and 1 findings; 4 would be a bug of ours.
    assert measured["codes"].keys() <= {"0", "1"}, measured
    assert measured["codes"]["1"] > 150, measured
    assert measured["tracebacks"] == 0
    # The aim is 1 second; a busy machine may take longer.
    assert measured["worst"] < 3, measured
    assert measured["mb"] < 200, measured
