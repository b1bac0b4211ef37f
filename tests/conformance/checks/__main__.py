"""Runs every check: `python -m checks`, or `python -m checks NAME…` for files that begin so."""

import signal
import sys
import unittest
from pathlib import Path
from types import FrameType

MAX_SECONDS = 300


def stop(number: int, _frame: FrameType | None) -> None:
    """Ends the run by an exception, so that the servers that it started are stopped."""
    sys.exit(f"stopped by {signal.Signals(number).name}")


def modules(start: str) -> list[str]:
    """Returns the modules whose names begin so, or a class or test by its whole name."""
    if "." in start:
        return [f"checks.{start}"]
    found = sorted(path.stem for path in Path(__file__).parent.glob(f"{start}*.py"))
    if not found:
        sys.exit(f"no check is named {start}…: see the files of tests/conformance/checks")
    return [f"checks.{name}" for name in found]


def main() -> None:
    """Finds and runs the checks."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(MAX_SECONDS)
    if len(sys.argv) > 1:
        names = [name for start in sys.argv[1:] for name in modules(start)]
        unittest.main(module=None, argv=["checks", *names])
    else:
        unittest.main(module=None, argv=["checks", "discover", "-t", ".", "-s", "checks"])


if __name__ == "__main__":
    main()
