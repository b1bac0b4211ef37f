"""Timestamps as exact numbers of nanoseconds, because comparisons go down to one nanosecond."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from verifier.fault import require

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND

# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp.
_FIRST_SECOND = -62_135_596_800
_LAST_SECOND = 253_402_300_799


def nanoseconds(time: Timestamp, reason: str) -> int:
    """Returns a valid timestamp as nanoseconds since 1970, or raises `reason`."""
    require(_FIRST_SECOND <= time.seconds <= _LAST_SECOND, reason, "the year is not 1 to 9999")
    require(0 <= time.nanos < SECOND, reason, "nanos are out of range")
    return time.seconds * SECOND + time.nanos


def now() -> int:
    """Returns this computer's time in nanoseconds since 1970."""
    return int(datetime.now(UTC).timestamp() * 1_000_000) * 1_000


def timestamp(time: int) -> Timestamp:
    """Returns nanoseconds since 1970 as a message."""
    return Timestamp(seconds=time // SECOND, nanos=time % SECOND)


def parse(text: str) -> int:
    """Reads an RFC 3339 time in UTC, with at most six decimals, as the vectors write it."""
    whole = datetime.fromisoformat(text.removesuffix("Z") + "+00:00")
    base = datetime(1970, 1, 1, tzinfo=UTC)
    return (whole - base) // timedelta(microseconds=1) * 1_000


def text(time: int) -> str:
    """Writes nanoseconds since 1970 as the vectors do, cut to milliseconds."""
    whole = datetime(1970, 1, 1) + timedelta(seconds=time // SECOND)
    milliseconds = time % SECOND // 1_000_000
    return f"{whole.isoformat()}.{milliseconds:03}Z" if milliseconds else f"{whole.isoformat()}Z"
