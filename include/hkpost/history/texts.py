"""Texts of an item over several answers, which may come in different languages."""

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.history.observation import comparison_key
from hkpost.history.wordings import UNCLASSIFIED, WordingLedger


def merge_texts(known: Texts, reported: Texts) -> Texts:
    """Texts after an answer: a language it leaves out is kept, unless a shared one says something else."""
    shared = _shared(known, reported)
    return _filled(known, reported) if any(shared) or not shared else reported


def merge_milestone(known: Texts, reported: Texts, ledger: WordingLedger, *, news: bool) -> Texts:
    """The milestone after an answer: a language that the answer leaves out is kept for the same milestone.

    It is the same when a shared language says the same; without one, when both have the same meaning, or
    when one has none and the answer brought no news of the item's events (`news`). Another milestone
    replaces all three texts. One that is missing leaves the known one alone, unless there is news.
    """
    if not any(reported):
        return NO_TEXTS if news else known
    shared = _shared(known, reported)
    if shared:
        is_same = any(shared)
    else:
        meanings = {ledger.milestone(texts).event_type for texts in (known, reported)}
        is_same = not news if UNCLASSIFIED in meanings else len(meanings) == 1
    return _filled(known, reported) if is_same else reported


def milestone_changed(before: Texts, after: Texts) -> bool:
    """Whether a milestone came or changed; one more language of the same one is no news."""
    if not any(before):
        return any(after)
    return any(
        comparison_key(old) != comparison_key(new) for old, new in zip(before, after, strict=True) if old
    )


def _shared(known: Texts, reported: Texts) -> list[bool]:
    return [
        comparison_key(old) == comparison_key(new)
        for old, new in zip(known, reported, strict=True)
        if old and new
    ]


def _filled(known: Texts, reported: Texts) -> Texts:
    return Texts(*(new or old for old, new in zip(known, reported, strict=True)))
