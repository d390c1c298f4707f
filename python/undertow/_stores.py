"""Files that may lie in an object store, and results on their way to one."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._native import text
from .ensembles import Ensemble
from .errors import InputError
from .table import Table, library, opened


@contextlib.contextmanager
def local(path: str | os.PathLike[str], name: str) -> Iterator[str]:
    """A file or folder by its path, or a copy of what an address of fsspec's (`s3://…`) has."""
    words = text(path, name)
    if "://" not in words:
        yield words
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(words.rstrip("/")) or name)
        try:
            store, there = library("fsspec").core.url_to_fs(words)
            if store.isdir(there):
                store.get(there.rstrip("/") + "/", copy + "/", recursive=True)
            else:
                store.get_file(there, copy)
        except (OSError, ValueError, ImportError) as error:
            raise InputError(words, found=str(error) or type(error).__name__, allowed="what fsspec can read") from None
        yield copy


class Results:
    """Results of an ensemble on their way to a folder or an object store, as points are done: one Parquet file a hundred points.

    They lie in `parts/` until the whole table takes their place. What was done before is among them.
    """

    def __init__(self, where: str, folder: Path) -> None:
        self.where = text(where, "results").rstrip("/")
        self.points = folder / "points"
        self.rows: list[dict[str, Any]] = []
        self.files = 0
        self._forget_parts()
        if "://" not in self.where:
            Path(self.where, "parts").mkdir(parents=True, exist_ok=True)
        for file in sorted(self.points.glob("**/result.json")):
            self.add({"folder": str(file.parent), "result": file.read_text(encoding="utf-8")})

    def _forget_parts(self) -> None:
        if "://" in self.where:
            store, path = library("fsspec").core.url_to_fs(self.where + "/parts")
            if store.exists(path):
                store.rm(path, recursive=True)
        else:
            shutil.rmtree(self.where + "/parts", ignore_errors=True)

    def add(self, found: dict[str, Any]) -> None:
        """A point that is done: every figure that it printed."""
        printed = json.loads(found["result"])
        measured = {one["measure"]: one["value"] for one in printed.get("measures") or []}
        # Every figure is a float in every part: a column has one type.
        row = {
            key: float(value) if isinstance(value, (int, float)) else value
            for key, value in {**printed, **measured}.items()
            if isinstance(value, (int, float, str))
        }
        self.rows.append({"point": os.path.relpath(found["folder"], self.points), **row})
        if len(self.rows) >= 100:
            self.flush()

    def flush(self) -> None:
        """Writes what has come together."""
        if self.rows:
            self.files += 1
            Table.of_rows(self.rows).to_parquet(f"{self.where}/parts/points-{self.files:05}.parquet")
            self.rows = []

    def finish(self, ensemble: Ensemble) -> None:
        """The whole table, once all points are done: CSV, Parquet, DuckDB."""
        table, rows = ensemble.points, (ensemble.folder / "results.csv").read_bytes()
        table.to_parquet(self.where + "/results.parquet")
        with opened(self.where + "/results.csv", "wb") as file:
            file.write(rows)
        self._forget_parts()
        try:
            import duckdb
        except ImportError:
            return
        with tempfile.TemporaryDirectory() as folder:
            made = os.path.join(folder, "results.duckdb")
            with duckdb.connect(made) as base:
                base.register("points", table.to_arrow())
                base.execute("CREATE TABLE results AS SELECT * FROM points")
            put(made, self.where + "/results.duckdb")


def put(file: str | os.PathLike[str], where: str) -> None:
    """Copies a file to a path or an address."""
    with open(file, "rb") as source, opened(where, "wb") as copy:
        shutil.copyfileobj(source, copy)
