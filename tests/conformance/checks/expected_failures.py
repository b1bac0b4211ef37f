"""Checks that fail until a server is mended, by id, with the reason.

The list is strict: an entry whose check passes fails the run, as does an entry without a check.
"""

_EMPTY_PATH = "the violation names no field; it is in draft.body"

EXPECTED: dict[str, str] = {
    "node steward.ListRecords: large page": "a page of 501 is accepted; the directory rejects one",
    "node steward.CreateRecord: broken body": _EMPTY_PATH,
    "node steward.CreateRecord: empty listing": _EMPTY_PATH,
    "aggregator directory.GetCoverage: malformed collection": "the collections are ignored",
}

# Faults that have several reasons, depending on the method; all reasons that are returned today.
SEVERAL_REASONS: dict[str, set[str]] = {
    "bad token": {"page_token_malformed", "page_token_invalid"},
    "too many": {"too_many", "too_many_changes"},
}

# Bad pushes, by title.
PUSHES: dict[str, str] = {}

# Rules of receivers, by title.
RULES: dict[str, str] = {}
