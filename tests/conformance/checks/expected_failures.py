"""Checks that fail until a server is mended, by id, with the reason.

The list is strict: an entry whose check passes fails the run, as does an entry without a check.
"""

EXPECTED: dict[str, str] = {}

# Faults that have several reasons, depending on the method; all reasons that are returned today.
SEVERAL_REASONS: dict[str, set[str]] = {}

# Bad pushes, by title.
PUSHES: dict[str, str] = {}

# Rules of receivers, by title.
RULES: dict[str, str] = {}
