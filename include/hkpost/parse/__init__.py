"""Answer bytes to typed rows: fields found by local name, whatever containers and namespaces hold them."""

from hkpost.parse.answer import parse_answer
from hkpost.parse.document import UnreadableAnswer
from hkpost.parse.rows import Answer, ItemAnswer, ReportedEvent, Texts

__all__ = ["Answer", "ItemAnswer", "ReportedEvent", "Texts", "UnreadableAnswer", "parse_answer"]
