"""The real programs, started as a user starts them, on free ports and in temporary folders."""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

ROOT = Path(__file__).resolve().parents[3]
BINARIES = Path(os.environ.get("HEDGEROW_BINARIES", ROOT / "target" / "debug"))
START_SECONDS = 30

_ADDRESS = re.compile(r"https://\S+#sha256=[0-9a-f]{64}")
T = TypeVar("T")


def free_port() -> int:
    """Returns a loopback port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(what: str, check: Callable[[], T | None], seconds: float = 20) -> T:
    """Calls `check` until it returns something true, or fails with `what`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = check()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds: {what}")


def run(program: str, folder: Path, *arguments: str) -> str:
    """Runs a command of a server's program to its end and returns its output."""
    command = [str(BINARIES / program), "--dir", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


class Program:
    """A server process in a temporary folder; `stop` ends both."""

    def __init__(self, program: str, settings: Callable[[str], str]) -> None:
        """Initialises a server; `settings` changes the text of its configuration."""
        self.program = program
        self.base = Path(tempfile.mkdtemp(prefix="hedgerow-conformance-"))
        self.folder = self.base / "server"
        self.process: subprocess.Popen[str] | None = None
        self.address = ""
        self.lines: list[str] = []
        atexit.register(self.stop)
        listen = f"127.0.0.1:{free_port()}"
        phrase = ["--phrase-file", str(self.base / "phrase")] if self.is_aggregator else []
        run(program, self.folder, "init", "--listen", listen, *phrase)
        file = self.folder / f"{program}.toml"
        file.write_text(settings(file.read_text(encoding="utf-8")), encoding="utf-8")

    @property
    def is_aggregator(self) -> bool:
        """Whether this is an aggregator, which has a phrase of its own."""
        return self.program == "hedgerow-aggregator"

    def start(self) -> "Program":
        """Starts the process and waits until it prints its address."""
        command = [str(BINARIES / self.program), "--dir", str(self.folder), "run"]
        with (self.base / "log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()
        self.address = eventually(f"{self.program} prints its address", self._find, START_SECONDS)
        return self

    def _read(self, output: IO[str]) -> None:
        # Read to the end, so that the program never waits for a full pipe.
        with output:
            self.lines.extend(output)

    def _find(self) -> str:
        assert self.process is not None
        assert self.process.poll() is None, f"{self.program} ended:\n{self.log()}"
        found = _ADDRESS.search("".join(list(self.lines)))
        return found[0] if found else ""

    def log(self) -> str:
        """Returns what the program logged."""
        return (self.base / "log").read_text(encoding="utf-8")

    def restart(self) -> None:
        """Ends the process as a power cut would, and starts it again in the same folder."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.lines.clear()
        self.start()

    def stop(self) -> None:
        """Ends the process that this object started, and removes the folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.base, ignore_errors=True)


def aggregator(settings: Callable[[str], str] = lambda text: text) -> Program:
    """Starts an aggregator."""
    return Program("hedgerow-aggregator", settings).start()
