"""The milestone's texts over several answers, which may come in different languages."""

from hkpost.normalise.happening import plain
from hkpost.normalise.wordings import UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import NO_TEXTS, Texts


def told_milestone(known: Texts, reported: Texts, ledger: WordingLedger, *, news: bool) -> Texts:
    """The milestone after an answer: a language that the answer leaves out is kept for the same milestone.

    It is the same when a shared language says the same; without one, when both have the same meaning, or
    when one has none and the answer brought no news of the item's events (`news`). Another milestone
    replaces all three texts. One that is missing leaves the known one alone, unless there is news.
    """
    if not any(reported):
        return NO_TEXTS if news else known
    return Texts(*map(_newer, known, reported)) if _same(known, reported, ledger, news) else reported


def _same(known: Texts, reported: Texts, ledger: WordingLedger, news: bool) -> bool:
    shared = [plain(one) == plain(other) for one, other in zip(known, reported, strict=True) if one and other]
    if shared:
        return any(shared)
    meanings = {ledger.milestone(texts).event_type for texts in (known, reported)}
    if UNCLASSIFIED in meanings:
        return not news
    return len(meanings) == 1


def _newer(known: str, reported: str) -> str:
    return reported or known
