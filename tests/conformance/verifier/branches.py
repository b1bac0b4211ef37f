"""The branches of one group's key log, as far as a receiver knows them."""

from collections.abc import Sequence

from verifier import key_logs
from verifier.fault import Fault, require
from verifier.key_logs import KeyEvent, KeyLog


class Branches:
    """All branches that were verified; each is extended or forked by one event at a time."""

    def __init__(self, key_log: Sequence[bytes] = ()) -> None:
        self.log = key_logs.verify(key_log) if key_log else None
        self._branches: list[tuple[KeyEvent, ...]] = [self.log.events] if self.log else []
        self._last: KeyEvent | None = None

    def add(self, data: bytes) -> bool:
        """Verifies an event; returns whether it was new. It counts at once, if that is settled."""
        known = {event.hash: event for branch in self._branches for event in branch}
        envelope, message = key_logs.read_event(data)
        self._last = known.get(envelope.hash)
        if self._last:
            return False
        before = self._before(message.previous_hash)
        event = key_logs.verify_event(data, before)
        assert event is not None
        self._branches = [branch for branch in self._branches if branch != before]
        self._branches.append((*before, event))
        self._last = event
        standing = key_logs.standing([KeyLog(branch) for branch in self._branches])
        if standing.settled:
            self.log = KeyLog(self._branches[standing.at])
        return True

    def _before(self, previous_hash: bytes) -> tuple[KeyEvent, ...]:
        """Returns the events up to the one that the next event names, or else the main branch."""
        for branch in self._branches:
            for place, event in enumerate(branch):
                if event.hash == previous_hash:
                    return branch[: place + 1]
        return self.log.events if self.log else ()

    def settled(self) -> KeyLog:
        """Returns the log that counts, or raises the reason why there is none."""
        if self.log is None:
            raise Fault("key_log_missing")
        standing = key_logs.standing([KeyLog(branch) for branch in self._branches])
        require(standing.settled, "key_log_forked")
        require(self._last is None or self._last in self.log.events, "key_log_set_aside")
        return self.log
