"""The hash by which an unchanged answer is known."""

from hashlib import blake2b
from typing import Final

from hkpost.parse.rows import ItemAnswer

_DIGEST_BYTES: Final = 16


def content_hash(answer: ItemAnswer, ledger_digest: str) -> str:
    """Hash what an answer says of an item, and the ledger by which it is read (32 hexadecimal digits).

    The order of the events does not count: the service changes it.
    """
    told = (
        ledger_digest,
        answer.posting_date_time,
        answer.drop_off_point,
        answer.origin_code,
        answer.origin,
        answer.destination_code,
        answer.destination,
        answer.milestone_code,
        answer.milestone,
        sorted(
            (event.event_date_time, event.location_code, event.location, event.message, event.event_code)
            for event in answer.events
        ),
    )
    # repr quotes every text, so that no two answers read the same.
    return blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
