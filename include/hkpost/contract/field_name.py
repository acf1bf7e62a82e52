"""How field names are compared: the specification gives them, their spelling in XML is the service's."""

from functools import lru_cache
from typing import Final

_SEPARATORS: Final = str.maketrans("", "", "_-")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name's local part, lower case, without underscores and hyphens: `{ns}eventMsg_e` is `eventmsge`."""
    return name.rpartition("}")[2].lower().translate(_SEPARATORS)
