"""Rows of the warehouse as one Parquet file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from hkpost.warehouse.export.reading import Column, in_a_calendar

_TYPES: Mapping[str, pa.DataType] = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "character varying": pa.string(),
    "date": pa.date32(),
    "timestamp without time zone": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
    "text[]": pa.list_(pa.string()),
    "integer[]": pa.list_(pa.int32()),
}


def values_of(columns: Iterable[Column]) -> list[str]:
    """The SQL expressions to read for a file.

    A column of a type that a file has no equal of comes as its text, and an instant that no calendar has as null.
    """
    return [_value(column) for column in columns]


def _value(column: Column) -> str:
    if column.type not in _TYPES:
        return f"{column.name}::text"
    return in_a_calendar(column.name) if pa.types.is_temporal(_TYPES[column.type]) else column.name


def write_parquet(
    file: IO[bytes], columns: Sequence[Column], batches: Iterable[Sequence[tuple[object, ...]]]
) -> int:
    """Write rows, a row group a batch; returns how many they were."""
    schema = pa.schema([(column.name, _TYPES.get(column.type, pa.string())) for column in columns])
    written = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in batches:
            arrays = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(rows)
    return written
