"""The one exception that the verifier raises."""


class Fault(Exception):
    """A breach of the protocol, with the stable reason that programs match on."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


def require(condition: bool, reason: str, detail: str = "") -> None:
    """Raises a `Fault` with this reason unless the condition is met."""
    if not condition:
        raise Fault(reason, detail)
