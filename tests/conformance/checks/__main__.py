"""Runs every check: `python -m checks`, or `python -m checks NAME…` for some of them."""

import signal
import sys
import unittest
from types import FrameType

MAX_SECONDS = 300


def stop(number: int, _frame: FrameType | None) -> None:
    """Ends the run by an exception, so that the servers that it started are stopped."""
    sys.exit(f"stopped by {signal.Signals(number).name}")


def main() -> None:
    """Finds and runs the checks."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(MAX_SECONDS)
    if len(sys.argv) > 1:
        names = [f"checks.{name}" for name in sys.argv[1:]]
        unittest.main(module=None, argv=["checks", *names])
    else:
        unittest.main(module=None, argv=["checks", "discover", "-t", ".", "-s", "checks"])


if __name__ == "__main__":
    main()
