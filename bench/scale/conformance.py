"""The scripted feed server against a head with a cluster: 38 virtual days, two worker processes.

    python -m bench.scale.conformance [options of run_conformance.py]

Each pass is a new head under a shifted clock; the workers' clocks are right, and they take the head's time.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.scale import rig
from bench.scale.rig import Load

ROOT = Path(__file__).parents[2]
DRIVER = ROOT.parent / "shared" / "checks" / "run_conformance.py"
WORKERS = 2


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        port = rig.free_port()
        with rig.scheduler(port, Path(folder)):
            crew = [rig.worker(port, Load(), Path(folder), number) for number in range(WORKERS)]
            time.sleep(5)
            scale = f"WATCHER_SCALE__DISPATCHER=dask WATCHER_SCALE__SCHEDULER=tcp://127.0.0.1:{port}"
            command = f"env {scale} {sys.executable} -m watcher --config {{config}} poll"
            arguments = [sys.executable, str(DRIVER), "--command", command, *sys.argv[1:]]
            done = subprocess.run(arguments, cwd=ROOT, check=False)
            for process in crew:
                process.kill()
                process.wait()
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
