"""Tables are Arrow streams: every library reads the same values, and gives the memory back."""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path

import duckdb
import polars
import pyarrow
import pyarrow.parquet
import pytest

import undertow
from undertow._native import lib

TABLES = ["minutes", "venue_minutes", "asset_minutes", "book_minutes", "events"]


@pytest.mark.parametrize("name", TABLES)
def test_every_library_reads_the_same(run: undertow.Run, name: str) -> None:
    table = read = run.table(name)
    arrow, frame, pandas = table.to_arrow(), table.to_polars(), table.to_pandas()
    base = sqlite3.connect(run.folder / "run.sqlite")
    count = base.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    assert count > 0
    assert arrow.num_rows == frame.height == len(pandas) == count
    assert table.columns == arrow.column_names == frame.columns == list(pandas.columns)
    relation = duckdb.sql("SELECT count(*) FROM read")
    assert relation is not None and relation.fetchall() == [(count,)]
    assert read is table
    rows = list(table.rows())
    assert rows == frame.with_columns(polars.col(polars.Categorical).cast(str)).to_dicts()
    assert arrow.schema.field("time_utc").type == pyarrow.timestamp("ms", "UTC")


def test_names_are_names(run: undertow.Run) -> None:
    base = sqlite3.connect(run.folder / "run.sqlite")
    told = base.execute(
        "SELECT time_ms, venue, asset, is_spot, last_trade_usd FROM book_minutes AS m JOIN books AS b ON b.id = m.book_id "
        "JOIN venues AS v ON v.id = b.venue_id JOIN assets AS a ON a.id = b.asset_id ORDER BY m.rowid"
    ).fetchall()
    read = [
        (round(row["time_utc"].timestamp() * 1000), row["venue"], row["asset"], row["is_spot"], row["last_trade_usd"])
        for row in run.book_minutes.rows()
    ]
    assert read == told


def test_memory_comes_back(run: undertow.Run) -> None:
    gc.collect()
    before = lib.undertow_live_arrays()
    table = run.book_minutes.to_arrow()
    assert lib.undertow_live_arrays() > before
    first = table.column("mid_usd").chunk(0)
    del table
    gc.collect()
    # One column keeps what is its own, and nothing else.
    assert first.to_numpy(zero_copy_only=first.null_count == 0) is not None
    del first
    gc.collect()
    assert lib.undertow_live_arrays() == before
    # A capsule that nobody opens, a stream that nobody reads.
    run.minutes.__arrow_c_stream__()
    run.minutes.__arrow_c_schema__()
    reader = pyarrow.RecordBatchReader.from_stream(run.book_minutes)
    del reader
    gc.collect()
    assert lib.undertow_live_arrays() == before


def test_columns_carry_units(run: undertow.Run) -> None:
    fields = {one.name: one for one in run.minutes.fields}
    assert fields["liquidated_long_usd"].unit == "USD"
    assert "closed by force" in fields["liquidated_long_usd"].meaning
    assert run.minutes.to_arrow().schema.field("liquidated_long_usd").metadata[b"unit"] == b"USD"


def test_rows_of_values() -> None:
    table = undertow.Table.of_rows(
        [
            {"at_utc": "2025-10-10T20:00:00Z", "usd": 1.5, "n": 2**40, "name": 'a"ü', "flag": True},
            {"at_utc": None, "usd": float("nan"), "n": None, "name": None, "flag": False},
        ]
    )
    arrow = table.to_arrow()
    assert [str(one.type) for one in arrow.schema] == ["timestamp[ms, tz=UTC]", "double", "int64", "string", "bool"]
    assert arrow.column("n").to_pylist() == [2**40, None]
    assert arrow.column("usd").to_pylist() == [1.5, None]
    assert arrow.column("name").to_pylist() == ['a"ü', None]
    assert undertow.Table.of_rows([]).to_arrow().num_rows == 0
    # Bits, more than a byte of them, some missing.
    flags = [None if i % 5 == 0 else i % 3 == 0 for i in range(100)]
    table = undertow.Table.of_rows([{"is": one} for one in flags])
    assert table.to_arrow().column("is").to_pylist() == table.to_polars()["is"].to_list() == flags
    assert [row["is"] for row in table.rows()] == flags
    assert [str(one.type) for one in undertow.Table.of_rows([{"a": True}, {"a": 2}]).to_arrow().schema] == ["int64"]


def test_a_csv_keeps_what_is_no_number(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("state_hash,name,n,x,is\n1234567e90123456,1_000,3,1,true\n0012345678901234,7,,2.5,false\n")
    rows = list(undertow.Table.of_csv(file).rows())
    assert [row["state_hash"] for row in rows] == ["1234567e90123456", "0012345678901234"]
    assert [row["name"] for row in rows] == ["1_000", "7"]
    assert [row["n"] for row in rows] == [3, None]
    assert [row["x"] for row in rows] == [1.0, 2.5]
    assert [row["is"] for row in rows] == [True, False]


def test_rows_that_cannot_be() -> None:
    for value in (b"x", {1}, "\ud800", object()):
        with pytest.raises(undertow.InputError) as caught:
            undertow.Table.of_rows([{"a": value}])
        assert caught.value.key == "a"
    assert [row["a"] for row in undertow.Table.of_rows([{"a": True}, {"a": 2}]).rows()] == [1, 2]
    assert [row["a"] for row in undertow.Table.of_rows([{"a": 10**400}, {"a": 0.5}]).rows()] == [None, 0.5]


def test_parquet_to_a_path_and_to_a_store(run: undertow.Run, tmp_path: Path) -> None:
    import fsspec

    run.events.to_parquet(tmp_path / "events.parquet")
    run.events.to_parquet("memory://tables/events.parquet")
    here = pyarrow.parquet.read_table(tmp_path / "events.parquet")
    with fsspec.open("memory://tables/events.parquet", "rb") as file:
        there = pyarrow.parquet.read_table(file)
    assert here.equals(there)
    assert here.num_rows == run.events.to_arrow().num_rows


def test_events_need_a_full_record(tmp_path: Path) -> None:
    run = undertow.run("textbook-waterfall", record="minute", out=tmp_path)
    with pytest.raises(undertow.InputError, match="minute"):
        run.events.to_arrow()


def test_a_damaged_recording_is_refused(run: undertow.Run, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    base = sqlite3.connect(folder / "run.sqlite")
    base.execute("UPDATE minutes SET open_interest_usd = 'much' WHERE rowid = 3")
    base.commit()
    base.close()
    with pytest.raises(undertow.InputError) as caught:
        undertow.open_run(folder).minutes.to_arrow()
    # A table that was read before the damage was done is looked at again.
    base = sqlite3.connect(folder / "run.sqlite")
    base.execute("UPDATE minutes SET open_interest_usd = 1 WHERE rowid = 3")
    base.commit()
    table = undertow.open_run(folder).minutes
    assert table.to_arrow().num_rows == table.to_arrow().num_rows > 0
    base.execute("UPDATE minutes SET open_interest_usd = 'much' WHERE rowid = 3")
    base.commit()
    base.close()
    with pytest.raises(undertow.InputError):
        table.to_arrow()
    assert "open_interest_usd" in str(caught.value)
