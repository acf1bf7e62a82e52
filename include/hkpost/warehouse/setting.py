"""Reads `hkpost.setting`."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def number(engine: Engine, name: str) -> float:
    """Return a setting as a number.

    Raises:
        ValueError: the setting is missing or no number; the message says how to set it.
    """
    value = _value(engine, name)
    try:
        return float(value or "")
    except ValueError:
        raise ValueError(f"hkpost.setting: the value of {name} is {value!r}: give it a number") from None


def accounts_allowed(engine: Engine) -> frozenset[str]:
    """The connections that may be used, as the setting names them; none: all of type `hkpost`."""
    names = (_value(engine, "accounts_allowed") or "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def _value(engine: Engine, name: str) -> str | None:
    with engine.connect() as connection:
        return connection.execute(statement("read_setting"), {"name": name}).scalar_one_or_none()
