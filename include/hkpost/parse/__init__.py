"""Answer bytes to typed rows: fields found by local name, whatever containers and namespaces hold them."""

from hkpost.parse.answer import parse_answer
from hkpost.parse.rows import Answer, ItemAnswer, ReportedEvent, Texts
from hkpost.parse.unreadable import UnreadableAnswer

__all__ = ["Answer", "ItemAnswer", "ReportedEvent", "Texts", "UnreadableAnswer", "parse_answer"]
