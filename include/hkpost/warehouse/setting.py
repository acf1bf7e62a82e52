"""Reads the numbers of `hkpost.setting`."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def number(engine: Engine, name: str) -> float:
    """Return a setting as a number.

    Raises:
        ValueError: the setting is missing or no number; the message says how to set it.
    """
    with engine.connect() as connection:
        value = connection.execute(statement("read_setting"), {"name": name}).scalar_one_or_none()
    try:
        return float(value or "")
    except ValueError:
        raise ValueError(f"hkpost.setting: the value of {name} is {value!r}: give it a number") from None
