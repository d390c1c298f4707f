"""Tables that Arrow libraries read without a copy."""

from __future__ import annotations

import csv
import datetime
import html
import itertools
import json
import numbers
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _arrow
from ._arrow import Field
from ._native import lib, read, text
from .errors import InputError, UndertowError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Table:
    """Columns of one length, read as an Arrow stream: `pyarrow.table(t)`, `polars.DataFrame(t)`, DuckDB's `from t`.

    Every reading begins a stream of its own; batches are made when they are asked for. Times are UTC, dollars are floats with
    `_usd` in the name, venues, assets and stages are names.
    """

    def __init__(self, fill: Callable[[int], None]) -> None:
        self._fill = fill
        self._fields: list[Field] | None = None

    @classmethod
    def recording(cls, folder: str | os.PathLike[str], table: str) -> Table:
        """A table of `run.sqlite`; `Run` has one property a table.

        Its first reading looks at every value; the next ones do where the file is another.
        """
        where, name = text(folder, "folder").encode(), text(table, "table").encode()
        file = os.path.join(text(folder, "folder"), "run.sqlite")
        known: list[tuple[int, int, int]] = []

        def fill(address: int) -> None:
            try:
                status = os.stat(file)
                now = (status.st_ino, status.st_mtime_ns, status.st_size)
            except (OSError, ValueError):
                now = (0, 0, 0)
            read(lib.undertow_recording(where, name, now in known, address))
            known[:] = [now]

        return cls(fill)

    @classmethod
    def of_rows(
        cls, rows: Sequence[Mapping[str, Any]], units: Mapping[str, str] | None = None, first: Sequence[str] = ()
    ) -> Table:
        """Rows of values, columns in the order in which they turn up, but for the `first`.

        A column has yes and no, whole numbers, numbers, texts, or, where its name ends in `_utc`, times. Its unit
        is what `units` or the end of its name says.
        """
        found = dict.fromkeys(key for row in rows for key in row)
        columns = [name for name in first if name in found] + [name for name in found if name not in first]
        described, cells = [], []
        for name in columns:
            values = [row.get(name) for row in rows]
            kind, values = _typed(name, values)
            described.append({"name": name, "kind": kind, "unit": (units or {}).get(name) or unit_of(name)})
            cells.append(values)
        content = json.dumps({"columns": described, "rows": [list(row) for row in zip(*cells)]}).encode()

        def fill(address: int) -> None:
            read(lib.undertow_rows(content, address))

        return cls(fill)

    @classmethod
    def of_csv(cls, file: str | os.PathLike[str]) -> Table:
        """A table that `undertow` wrote: an empty cell is none."""
        with open(file, newline="", encoding="utf-8") as lines:
            header, *cells = list(csv.reader(lines)) or [[]]
        if not header:
            raise InputError(str(file), found="an empty file", allowed="a table with a header")
        columns = [_read(name, list(column)) for name, column in zip(header, zip(*cells))]
        return cls.of_rows([dict(zip(header, row)) for row in zip(*columns)])

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> Any:
        """A capsule with the stream. Another schema than the own is not made, as the protocol allows."""
        return _arrow.stream_capsule(self._fill)

    def __arrow_c_schema__(self) -> Any:
        """A capsule with the schema alone."""
        return _arrow.schema_capsule(self._fill)

    @property
    def fields(self) -> list[Field]:
        """Columns with their kinds, units and meanings."""
        if self._fields is None:
            self._fields = _arrow.fields(self._fill)
        return self._fields

    @property
    def columns(self) -> list[str]:
        """Names, in their order."""
        return [one.name for one in self.fields]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows as Python values, without any library; slow on millions."""
        self._fields, found = _arrow.read(self._fill)
        names = self.columns
        for row in found:
            yield dict(zip(names, row))

    def to_arrow(self) -> pyarrow.Table:
        """Needs pyarrow."""
        return library("pyarrow").table(self)

    def to_polars(self) -> polars.DataFrame:
        """Needs polars."""
        frame: polars.DataFrame = library("polars").DataFrame(self)
        return frame

    def to_pandas(self, *, arrow: bool = False) -> pandas.DataFrame:
        """Needs pandas and pyarrow. Names are a category.

        - arrow: columns of Arrow's types, which share our memory; numpy's ask for a copy where values are missing.
        """
        types = library("pandas").ArrowDtype if arrow else None
        frame: pandas.DataFrame = self.to_arrow().to_pandas(
            types_mapper=types, split_blocks=not arrow, self_destruct=not arrow
        )
        return frame

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes Parquet, batch by batch; the path may be an address of fsspec's (`s3://…`). Needs pyarrow."""
        parquet = library("pyarrow.parquet")
        reader = library("pyarrow").RecordBatchReader.from_stream(self)
        with opened(path, "wb") as file, parquet.ParquetWriter(file, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)

    def _first(self, count: int) -> list[tuple[Any, ...]]:
        self._fields, found = _arrow.read(self._fill, count)
        return list(itertools.islice(found, count))

    def __repr__(self) -> str:
        rows = self._first(6)
        cells = [[_shown(value) for value in row] for row in rows[:5]]
        widths = [max(len(line[i]) for line in [self.columns, *cells]) for i in range(len(self.columns))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in [self.columns, *cells]]
        return "\n".join(line[:200] for line in lines) + ("\n…" if len(rows) > 5 else "")

    def _repr_html_(self) -> str:
        rows = self._first(11)

        def line(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(line([_shown(value) for value in row], "td") for row in rows[:10])
        more = "<caption>the first ten rows</caption>" if len(rows) > 10 else ""
        return f"<table>{more}{line(self.columns, 'th')}{body}</table>"


_UNITS = {
    "usd": "USD",
    "micro_usd": "millionths of a dollar",
    "pct": "%",
    "bp": "basis points",
    "share": "of 1",
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "ms": "ms",
    "mb": "MB",
    "coins": "coins",
}


def unit_of(name: str) -> str:
    """The unit that a column's name ends with; empty where it says none."""
    parts = name.split("_")
    return _UNITS.get("_".join(parts[-2:])) or _UNITS.get(parts[-1], "")


def _typed(name: str, values: list[Any]) -> tuple[str, list[Any]]:
    """What a column is, and its values as JSON has them."""
    present = [one for one in values if one is not None]
    if present and all(isinstance(one, bool) for one in present):
        return "flag", [None if one is None else int(one) for one in values]
    if present and all(isinstance(one, numbers.Real) or isinstance(one, bool) for one in present):
        if all(isinstance(one, numbers.Integral) and -(2**63) <= int(one) < 2**63 for one in present):
            return "whole", [None if one is None else int(one) for one in values]
        return "number", [None if one is None else _finite(one) for one in values]
    if name.endswith("_utc") and present:
        try:
            return "time", [None if one in (None, "") else _milliseconds(str(one)) for one in values]
        except ValueError:
            pass
    return "text", [None if one is None else _words(name, one) for one in values]


def _finite(value: Any) -> float | None:
    """JSON has no other numbers."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < float("inf") else None


def _words(name: str, value: Any) -> str:
    try:
        words = value if isinstance(value, str) else json.dumps(value)
        words.encode()
    except (TypeError, ValueError) as error:
        raise InputError("table", key=name, found=str(error)[:200], allowed="texts, numbers, times, none") from None
    return words


def _milliseconds(words: str) -> int:
    time = datetime.datetime.fromisoformat(words.replace("Z", "+00:00"))
    if time.tzinfo is None:
        raise ValueError(words)
    return round(time.timestamp() * 1000)


def _read(name: str, cells: list[str]) -> list[Any]:
    """A column of texts as what all of them are: whole numbers, numbers, or the texts they are. An empty cell is none."""
    kinds: list[Callable[[str], Any]] = [] if name.endswith("hash") else [int, float]
    for kind in kinds:
        try:
            return [kind(one) if one and "_" not in one else None if not one else int("no") for one in cells]
        except ValueError:
            pass
    if cells and set(cells) <= {"true", "false", ""}:
        return [None if not one else one == "true" for one in cells]
    return [one or None for one in cells]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def library(name: str) -> Any:
    """A library that is not asked for at installation."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        base = name.split(".")[0]
        raise UndertowError(f"this needs {base}: `pip install {base}`") from None


def opened(path: str | os.PathLike[str], mode: str) -> Any:
    """A file by its path, or by an address of fsspec's."""
    words = text(path, "path")
    if "://" in words:
        try:
            return library("fsspec").open(words, mode)
        except (ImportError, ValueError) as error:
            # A store's own library is missing, or nobody knows such a store.
            raise InputError("path", found=f"`{words}`: {error}", allowed="an address that fsspec opens here") from None
    return open(words, mode)
