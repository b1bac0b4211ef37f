"""Checks that fail until a server is mended, by id, with the reason.

The list is strict: an entry whose check passes fails the run, as does an entry without a check.
"""

_DURATION = "a negative or mixed duration is accepted"
_NAMELESS = "`invalid_fields` stands for a fault that has a reason of its own elsewhere"
_EMPTY_PATH = "the violation names no field; it is in draft.body"

EXPECTED: dict[str, str] = {
    "node steward.ListRecords: large page": "a page of 501 is accepted; the directory rejects one",
    "node steward.CreateRecord: broken body": _EMPTY_PATH,
    "node steward.CreateRecord: empty listing": _EMPTY_PATH,
    "aggregator directory.SearchRecords: negative duration": _DURATION,
    "aggregator directory.ListEvents: negative duration": _DURATION,
    "aggregator directory.GetCoverage: negative duration": _DURATION,
    "aggregator directory.SearchRecords: mixed duration": _DURATION,
    "aggregator directory.ListEvents: mixed duration": _DURATION,
    "aggregator directory.GetCoverage: mixed duration": _DURATION,
    "aggregator directory.SearchRecords: short id": _NAMELESS,
    "aggregator directory.ListEvents: short id": _NAMELESS,
    "aggregator directory.GetCoverage: short id": _NAMELESS,
    "aggregator directory.SearchRecords: malformed collection": _NAMELESS,
    "aggregator directory.GetCoverage: malformed collection": "the collections are ignored",
}

# Faults that have several reasons, depending on the method; all reasons that are returned today.
SEVERAL_REASONS: dict[str, set[str]] = {
    "backward window": {"window_malformed", "invalid_fields"},
    "bad token": {"page_token_malformed", "page_token_invalid"},
    "impossible time": {"window_malformed", "invalid_fields"},
    "negative page": {"page_size_negative", "invalid_fields"},
    "too many": {"too_many", "too_many_changes"},
    "unknown facet": {"value_unknown", "invalid_fields"},
}

# Bad pushes, by title.
PUSHES: dict[str, str] = {}

# Rules of receivers, by title.
RULES: dict[str, str] = {}
