"""The known fields of an answer under what holds them, whatever format they came in."""

from typing import TypeAlias

Field: TypeAlias = "tuple[str, str | Node]"
"""A field with its text, or ('', node) for something that holds fields."""


class Node:
    """Something that holds fields: in document order, with how many item numbers, other than empty ones, are in it
    and below. What the answer calls it is its `tag`."""

    __slots__ = ("fields", "numbers", "tag")

    def __init__(self, tag: str, fields: list[Field], numbers: int) -> None:
        self.tag = tag
        self.fields = fields
        self.numbers = numbers
