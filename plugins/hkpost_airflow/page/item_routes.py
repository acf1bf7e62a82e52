"""The routes about items: lists of them and of what could not be used, as CSV files too, and what a person pasted."""

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hkpost.reports.filters import BadFilter, ItemFilter
from hkpost.reports.items import page
from hkpost.reports.items_csv import items_csv
from hkpost.reports.lookup import lookup
from hkpost.reports.rejected import rejected_csv, rejected_page
from hkpost_airflow.page.sending import csv_answer
from hkpost_airflow.page.warehouse import Warehouse

router = APIRouter()
Word = Annotated[str, Field(max_length=100)]
Days = Annotated[int, Field(ge=0, le=36_500)]


class _Asked(BaseModel):
    """The parameters of a list; any other is refused."""

    model_config = ConfigDict(extra="forbid")

    group: Word | None = None
    state: Word | None = None
    stage: Word | None = None
    origin: Word | None = None
    destination: Word | None = None
    service: Word | None = None
    account: Word | None = None
    age_days_min: Days | None = None
    age_days_max: Days | None = None
    silent_days_min: Days | None = None
    silent_days_max: Days | None = None
    q: Word | None = None
    closed_on: date | None = None
    reason: Word | None = None
    week: date | None = None
    sort: Word | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_any(cls, value: object) -> object:
        return None if value == "" else value

    def wanted(self) -> ItemFilter:
        """The same for the warehouse."""
        return ItemFilter(**{name: getattr(self, name) for name in ItemFilter.__slots__})


class _AskedPage(_Asked):
    after: Annotated[str, Field(max_length=400)] | None = None


Language = Literal["en", "zh-Hant", "zh-Hans"]


class _AskedFile(_Asked):
    zone: Word = "Asia/Hong_Kong"
    lang: Language = "en"


class Pasted(BaseModel):
    """What a person pasted."""

    text: Annotated[str, Field(max_length=100_000)]


@router.get("/api/items")
def read_items(asked: Annotated[_AskedPage, Query()], warehouse: Warehouse) -> dict[str, Any]:
    """One page of the items that are asked for, and how many there are."""
    return page(warehouse, asked.wanted(), asked.after or "")


@router.get("/api/items/csv")
def read_items_csv(asked: Annotated[_AskedFile, Query()], warehouse: Warehouse) -> StreamingResponse:
    """All of the items that are asked for as a CSV file."""
    file = items_csv(warehouse, asked.wanted(), _zone(asked.zone), asked.lang)
    return csv_answer(file, asked.group or asked.state or "items")


@router.get("/api/list/rejected")
def read_rejected(warehouse: Warehouse, after: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """One page of what could not be used."""
    return rejected_page(warehouse, after)


@router.get("/api/list/rejected/csv")
def read_rejected_csv(
    warehouse: Warehouse, zone: Word = "Asia/Hong_Kong", lang: Language = "en"
) -> StreamingResponse:
    """All of it as a CSV file."""
    return csv_answer(rejected_csv(warehouse, _zone(zone), lang), "rejected")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise BadFilter(f"there is no time zone {name[:40]!r}: one is Asia/Hong_Kong") from None


@router.post("/api/lookup")
def read_lookup(pasted: Pasted, warehouse: Warehouse) -> dict[str, Any]:
    """The items that a text names. It only reads: a POST, because a text may be longer than an address."""
    return lookup(warehouse, pasted.text.replace("\0", " "))
