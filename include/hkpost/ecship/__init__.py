"""The EC-Ship service: what its specification (v0.3, April 2022) fixes, the wire both ways, one exchange, redaction.

Here are the rows that an answer holds; how they come by the wire is in `hkpost.ecship.wire`.
"""

from hkpost.ecship.rows import NO_TEXTS, Answer, ItemAnswer, ReportedEvent, Texts
from hkpost.ecship.unreadable import UnreadableAnswer

__all__ = ["NO_TEXTS", "Answer", "ItemAnswer", "ReportedEvent", "Texts", "UnreadableAnswer"]
