"""covls under the reference client library, in Node: stdio, pipe and socket. Skipped where Node or the library
is missing (tests/support/provision node-client)."""

import os
import shutil
import subprocess

from client import *

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.environ.get(
    "COVLS_NODE_CLIENT",
    os.path.join(os.environ.get("COVLS_BEDS", os.path.expanduser("~/.cache/covls-beds")), "node-client/node_modules"),
)


def test_reference_client():
    if not shutil.which("node"):
        raise Skip("Node is not there: tests/support/provision node")
    if not os.path.isdir(MODULES):
        raise Skip("the client library is not there: tests/support/provision node-client")
    with Folder() as folder:
        shutil.copytree(os.path.join(HERE, "../data/sample"), folder / "sample")
        os.utime(folder / "sample/.coverage")
        command = ["node", os.path.join(HERE, "node/session.cjs"), COVLS, folder / "sample"]
        artifacts = os.environ.get("COVLS_ARTIFACTS")
        if artifacts:
            os.makedirs(artifacts, exist_ok=True)
            command.append(f"{artifacts}/test_node_client")
        done = subprocess.run(
            command,
            env={**os.environ, "NODE_PATH": MODULES},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE * 6,
        )
        print(done.stdout, end="")
        equal(done.returncode, 0)
        equal([line for line in done.stdout.splitlines() if line.startswith("ok ")], ["ok stdio", "ok pipe", "ok socket"])


main(globals())
