"""What every client sends: the same 30 items under the same WS-Security digest."""

from bench.answers import ITEMS, item_number

LOGIN = "benchmark"
PASSWORD = "benchmark"  # noqa: S105 - the server on this machine takes any
INPUT = {
    "integratorUsername": LOGIN,
    "lang": "A",
    "itemNo": {"item": [item_number(serial) for serial in range(ITEMS)]},
}
"""The input of `getItemDeliveryStatus` in the bundled WSDL."""
