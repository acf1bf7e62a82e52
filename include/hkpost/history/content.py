"""The hash by which an unchanged answer is known."""

from hashlib import blake2b
from typing import Final

from hkpost.ecship.rows import ItemAnswer

_DIGEST_BYTES: Final = 16


def content_hash(answer: ItemAnswer, ledger_digest: str) -> str:
    """Hash what an answer says of an item, and the ledger by which it is read (32 hexadecimal digits)."""
    return salted(answer.fingerprint or _of_values(answer), ledger_digest)


def salted(fingerprint: str, ledger_digest: str) -> str:
    """The hash of an answer of which only the fingerprint is known."""
    return _hash(f"{ledger_digest} {fingerprint}")


def _of_values(answer: ItemAnswer) -> str:
    """A fingerprint of the values; the order of the events does not count: the service changes it."""
    said = (
        answer.status_text,
        answer.err_msg,
        answer.posting_date_time,
        answer.drop_off_point,
        answer.origin_code,
        answer.origin,
        answer.destination_code,
        answer.destination,
        answer.milestone_code,
        answer.milestone,
        sorted(answer.events),
    )
    # repr quotes every text, so that no two answers read the same.
    return _hash(repr(said))


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
