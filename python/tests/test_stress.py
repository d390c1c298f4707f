"""A stress test from Python is the command line's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES

import undertow

DESK = EXAMPLES / "desk"


@pytest.fixture
def desk() -> Path:
    if not DESK.is_dir():
        pytest.skip("examples/desk is not beside the tests")
    return DESK


def candles(folder: Path) -> Path:
    """Invented hourly candles of a coin: a wave that falls now and then."""
    lines = [
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
    ]
    price = 100_000.0
    for hour in range(900):
        close = price * (
            1 + 0.004 * ((hour * 37 % 11) - 5) / 5 - (0.03 if hour % 97 == 0 else 0) + (0.028 if hour % 97 == 1 else 0)
        )
        open_time = 1_700_006_400_000 + hour * 3_600_000
        lines.append(
            f"{open_time},{price:.2f},{max(price, close):.2f},{min(price, close):.2f},{close:.2f},10,{open_time + 3_599_999},1000000,100,5,500000,0"
        )
        price = close
    file = folder / "BTCUSDT_1h.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_same_figures_as_the_command_line(shell: Callable[..., dict[str, Any]], desk: Path, tmp_path: Path) -> None:
    here = undertow.stress(desk, shock="-10,-20", impact="linear:1e9", reverse=["fund_left_usd=0"], out=tmp_path)
    there = shell("stress", str(desk), "--shock=-10,-20", "--impact", "linear:1e9", "--reverse", "fund_left_usd=0")
    for result in (here.result, there):
        result.pop("folder")
    assert here.result == there
    assert [row["zero_sum_micro_usd"] for row in here.scenarios.rows()] == [0, 0]


def test_bootstrap_in_parts_is_the_whole(desk: Path, tmp_path: Path) -> None:
    file = candles(tmp_path)
    whole = undertow.stress(desk, bootstrap=file, n_paths=20, out=tmp_path / "whole")
    base = ["stress", str(desk), f"--bootstrap={file}", "--paths", "20"]
    parts = []
    for k in (3, 1, 2):
        part = tmp_path / f"{k}.json"
        part.write_text(undertow.command([*base, f"--part={k}/3"]))
        parts.append(str(part))
    joined = undertow.command([*base, "--json", "--out", str(tmp_path / "joined"), "--parts", *parts])
    import json

    assert json.loads(joined)["intervals"] == whole.intervals
    with pytest.raises(undertow.InputError, match="no path"):
        undertow.command([*base, "--out", str(tmp_path / "x"), "--parts", parts[0]])


def test_a_book_is_imported(desk: Path, tmp_path: Path) -> None:
    found = undertow.import_book([desk / "accounts.csv", desk / "positions.csv"], tmp_path / "book")
    assert (tmp_path / "book" / "health.json").is_file()
    assert found
