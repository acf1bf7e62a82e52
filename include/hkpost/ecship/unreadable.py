"""What a body is that holds no answer."""

from typing import Final

from hkpost.enums import Outcome


class UnreadableAnswer(ValueError):
    """The body holds no answer: `kind` says why in the ledger's words, `detail` in a line."""

    def __init__(self, kind: Outcome, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: Final = kind
        self.detail: Final = detail
