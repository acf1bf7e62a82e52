"""The fields of requests and answers (specification, pages 4 and 5) under the names by which they are compared."""

from functools import lru_cache
from typing import Final

_SEPARATORS: Final = str.maketrans("", "", "_-")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name's local part, lower case, without underscores and hyphens: `{ns}eventMsg_e` is `eventmsge`."""
    return name.rpartition("}")[2].lower().translate(_SEPARATORS)


def in_languages(stem: str) -> tuple[str, str, str]:
    """The names of one text in English, Traditional and Simplified Chinese."""
    return stem + "e", stem + "c", stem + "s"


EVENT_FIELDS: Final = frozenset(
    (
        *("eventdatetime", "eventlocationcode", "eventcode"),
        *in_languages("eventlocation"),
        *in_languages("eventmsg"),
    )
)
"""Fields of one entry of the "Event Detail"."""
ITEM_FIELDS: Final = frozenset(
    (
        *("postingdatetime", "orgcntycode", "destcntycode", "milestonecode"),
        *in_languages("dropoffpoint"),
        *in_languages("orgcnty"),
        *in_languages("destcnty"),
        *in_languages("milestone"),
    )
)
"""Fields that only an item has."""
STATUS_FIELDS: Final = frozenset(["status", "errmsg"])
"""Fields that the request has, and each item as well."""
FIELDS: Final = EVENT_FIELDS | ITEM_FIELDS | STATUS_FIELDS | {"itemno", "itemcount"}


def field_name(tag: str) -> str:
    """The field that a tag names, '' where it names none."""
    plain = plain_name(tag)
    return plain if plain in FIELDS else ""


class FieldNames(dict[str, str]):
    """The fields that the tags of one document name, each found out once."""

    def __missing__(self, tag: str) -> str:
        """Find out a tag's field."""
        return self.setdefault(tag, field_name(tag))
