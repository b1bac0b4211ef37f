"""Turns each vector of a file of proto/testdata into one test method."""

import json
import re
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hedgerow.v1 import head_pb2

from verifier.fault import Fault

FOLDER = Path(__file__).resolve().parents[3] / "proto" / "testdata"

Vector = dict[str, Any]


def load(file: str) -> list[Vector]:
    """Reads the vectors of one file."""
    vectors = json.loads((FOLDER / file).read_text(encoding="utf-8"))["vectors"]
    assert vectors, f"{file} has no vectors"
    return vectors


def method_name(number: int, title: str) -> str:
    """Returns a name for a generated test."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return f"test_{number:03}_{words[:60]}"


# Every file that some class checks.
CHECKED: set[str] = set()


def each(*files: str) -> Callable[[type], type]:
    """Class decorator: calls the method `check` once for each vector, as a test of its own."""
    CHECKED.update(files)

    def decorate(case: type) -> type:
        vectors = [(file, vector) for file in files for vector in load(file)]
        for number, (file, vector) in enumerate(vectors):
            title = vector.get("name") or vector.get("verdict") or "vector"

            def test(self: unittest.TestCase, vector: Vector = vector) -> None:
                self.check(vector)  # type: ignore[attr-defined]

            test.__doc__ = f"{file}: {title}"
            setattr(case, method_name(number, title), test)
        return case

    return decorate


def verdict_of(call: Callable[[], Any]) -> tuple[str, Any]:
    """Calls the verifier; returns `ok` with the result, or the reason of the `Fault`."""
    try:
        return "ok", call()
    except Fault as fault:
        return fault.reason, None


def unhex(items: list[str]) -> list[bytes]:
    """Reads a list of hex texts."""
    return [bytes.fromhex(item) for item in items]


def read_leaf(leaf: Vector) -> head_pb2.Leaf:
    """Reads a leaf as the vectors write it."""
    names = {name: leaf[name] for name in ("collection", "key", "length")}
    return head_pb2.Leaf(record_hash=bytes.fromhex(leaf["record_hash"]), **names)
