"""Whatever is passed, Python goes on: a value, or an exception of this package."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES, QUICK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import undertow
import undertow.fleet

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=5),
    st.lists(st.integers(), max_size=3),
    st.just("--help"),
    st.just(QUICK),
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "-1",
            "0",
            "1e308",
            "nan",
            "inf",
            "9" * 40,
            "../../..",
            "/dev/null",
            "/dev/zero",
            "a=b=c",
            "BTC=-10",
            "-20",
            "--json",
        ]
    ),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([0, -1, 2**31, 2**63, 2**64, 1e300, -0.0]))
OPTIONS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FINE = (undertow.UndertowError,)


@OPTIONS
@given(name=ANYTHING, seed=ANYTHING, scale=ANYTHING, until=ANYTHING, record=ANYTHING)
def test_run(tmp_path: Path, name: Any, seed: Any, scale: Any, until: Any, record: Any) -> None:
    try:
        undertow.run(name, seed=seed, scale=scale, until=until, record=record, out=tmp_path)
    except FINE:
        pass


@OPTIONS
@given(
    key=st.one_of(
        TEXTS,
        st.sampled_from(["rules.fund_multiple", "accounts.total", "news.move_pct", "step_seconds", "liquidity.firms"]),
    ),
    value=st.one_of(TEXTS, NUMBERS),
    change=TEXTS,
)
def test_settings(tmp_path: Path, key: str, value: Any, change: str) -> None:
    try:
        undertow.World(QUICK, set={key: value}, until="2025-10-10T20:01:00Z", scale=1000).step(3)
    except FINE:
        pass
    try:
        undertow.run(QUICK, changes=[change], until="2025-10-10T20:01:00Z", out=tmp_path, record="off")
    except FINE:
        pass


@OPTIONS
@given(
    words=st.lists(
        st.one_of(
            TEXTS, st.sampled_from(["run", "stress", "check", "adl", "import", "venues", "show", "--set", "--shock"])
        ),
        max_size=5,
    )
)
def test_command(tmp_path: Path, words: list[str]) -> None:
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        undertow.command(words)
    except FINE:
        pass
    finally:
        os.chdir(before)


SMALL = st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.floats(), st.text(max_size=5), st.just([1]))
CALLS: dict[str, Callable[[Path, Any, Any, Any], object]] = {
    "adl": lambda out, a, b, c: undertow.adl(a, budget=b, unit=c),
    "adl of rows": lambda out, a, b, c: undertow.adl([{"account": a, "pnl_usd": b, "score": c}], budget=b),
    "cascade": lambda out, a, b, c: undertow.cascade(a, impact=b, shock=c),
    "check": lambda out, a, b, c: undertow.check(a),
    "compare": lambda out, a, b, c: undertow.compare(a, b, facts=c),
    "compare plan": lambda out, a, b, c: undertow.compare(a, out=out / "rules", by=b, threads=c),
    "attribute": lambda out, a, b, c: undertow.attribute(a, seeds=b, shock_pct=c),
    "fragility": lambda out, a, b, c: undertow.fragility(a, seeds=b, leverage=c),
    "reverse": lambda out, a, b, c: undertow.reverse(a, limit=b, depth=c),
    "import_book": lambda out, a, b, c: undertow.import_book(a, out / "book", format=b, account=c),
    "stress": lambda out, a, b, c: undertow.stress(a, shock=b, out=out, horizon_hours=c),
    "open_run": lambda out, a, b, c: undertow.open_run(a).summary,
    "recording": lambda out, a, b, c: undertow.Table.recording(a, b).columns,
    "venues": lambda out, a, b, c: undertow.venues(a, day=b, set=c),
    "sweep": lambda out, a, b, c: undertow.sweep(a, out / "sweep", threads=b, progress=c),
    "calibrate": lambda out, a, b, c: undertow.calibrate(a, out / "calibration", threads=b, progress=c),
    "fleet": lambda out, a, b, c: undertow.fleet.sweep(a, out / "fleet", c, batch=b),
    "fleet stress": lambda out, a, b, c: undertow.fleet.bootstrap_stress(a, c, bootstrap=b),
    "measures": lambda out, a, b, c: undertow.run("textbook-waterfall", out=out, measures=[a, b]),
}


@pytest.mark.parametrize("name", list(CALLS))
@settings(OPTIONS, max_examples=30)
@given(a=ANYTHING, b=SMALL, c=SMALL)
def test_every_call(tmp_path: Path, name: str, a: Any, b: Any, c: Any) -> None:
    try:
        CALLS[name](tmp_path, a, b, c)
    except FINE:
        pass


@OPTIONS
@given(rows=st.lists(st.dictionaries(st.text(max_size=8), ANYTHING, max_size=4), max_size=4))
def test_rows(rows: list[dict[str, Any]]) -> None:
    try:
        table = undertow.Table.of_rows(rows)
        assert len(list(table.rows())) == len(rows) or not any(rows)
    except FINE:
        pass


WORLD: dict[str, undertow.World] = {}


@settings(max_examples=300, deadline=None)
@given(
    side=st.sampled_from([1, -1]),
    usd=st.one_of(st.none(), NUMBERS),
    coins=st.one_of(st.none(), NUMBERS),
    limit=st.one_of(st.none(), NUMBERS),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    steps=st.integers(0, 3),
)
def test_orders(side: int, usd: Any, coins: Any, limit: Any, flags: tuple[bool, bool, bool], steps: int) -> None:
    """One world takes all of them, one after the other, and its money still sums to zero."""
    world = WORLD.get("world")
    if world is None or world.is_finished:
        world = WORLD["world"] = undertow.World(QUICK, seed=7)
        WORLD["account"] = world.open_account("hyperliquid", usd=1e9)  # type: ignore[assignment]
    account: Any = WORLD["account"]
    try:
        order = account.order(
            "BTC", side, usd=usd, coins=coins, limit=limit, post_only=flags[0], immediate=flags[1], reduce_only=flags[2]
        )
        world.step(steps)
        order.cancel()
    except FINE:
        pass
    assert world.summary()["zero_sum_micro_usd"] == 0


@OPTIONS
@given(shock=st.one_of(TEXTS, NUMBERS), impact=TEXTS, reverse=TEXTS, rules=TEXTS)
def test_stress(tmp_path: Path, shock: Any, impact: str, reverse: str, rules: str) -> None:
    desk = EXAMPLES / "desk"
    if not desk.is_dir():
        pytest.skip("examples/desk is not beside the tests")
    for options in ({"shock": shock}, {"impact": impact}, {"reverse": reverse}, {"rules": rules}):
        try:
            undertow.stress(desk, out=tmp_path, **options)
        except FINE:
            pass
