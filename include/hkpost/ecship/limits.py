"""The limits of the service (specification pages 3 and 4)."""

from typing import Final

MAX_ITEMS_PER_REQUEST: Final = 30
"""Item numbers in one request (page 4: "An array of Item No (max 30 items)")."""

MIN_INTERVAL_MS: Final = 100
"""Milliseconds between two requests of one API user (page 3, note 3)."""

DAILY_QUOTA: Final = 100_000
"""Requests of one API user a day (page 3, note 2)."""

MAX_ITEM_NO_LENGTH: Final = 13
"""Characters of an item number (page 4)."""

MAX_USERNAME_LENGTH: Final = 20
"""Characters of `integratorUsername` and of the credential (pages 3 and 4)."""

LANGUAGES: Final = ("A", "E", "C", "S")
"""`lang`: A all three, E English, C Traditional Chinese, S Simplified Chinese (page 4)."""

OPERATION: Final = "getItemDeliveryStatus"
"""The one operation of the service (page 4)."""

REQUEST_FIELDS: Final = ("integratorUsername", "lang", "itemNo")
"""The fields of the request (page 4)."""

EXAMPLE_ITEM: Final = "RB000000010HK"
"""The item number that the specification gives as its example (page 4)."""
