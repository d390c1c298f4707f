"""A world in this process goes the way of the command line's run, and a strategy changes it."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from conftest import QUICK

import undertow

UNTIL = "2025-10-10T21:24:00Z"


def test_stepped_to_its_end_it_is_the_run(shell: Callable[..., dict[str, Any]]) -> None:
    told = shell("run", "october-2025", "--seed", "7", "--scale", "50", "--until", UNTIL, "--record", "off")
    world = undertow.World("october-2025", seed=7, scale=50, until=UNTIL)
    world.step(1000)
    copy = world.copy()
    assert copy.hash == world.hash
    world.run_until()
    assert world.is_finished and world.hash == told["state_hash"]
    # The copy saw nothing of it, and goes the same way in steps of its own size.
    assert copy.steps == 1000
    while copy.step(777):
        pass
    assert copy.hash == told["state_hash"]
    assert copy.summary()["liquidated_long_usd"] == told["liquidated_long_usd"]


def test_a_fork_is_the_changed_run(shell: Callable[..., dict[str, Any]]) -> None:
    change = "2025-10-10T21:10:00Z rules.fund_multiple=5"
    told = shell(
        "run", "october-2025", "--seed", "7", "--scale", "50", "--until", UNTIL, "--record", "off", "--change", change
    )
    world = undertow.World("october-2025", seed=7, scale=50, until=UNTIL)
    world.run_until("2025-10-10T21:00:00Z")
    fork = world.copy()
    fork.change(change)
    fork.run_until()
    world.run_until()
    assert fork.hash == told["state_hash"] != world.hash


class Seller(undertow.Strategy):
    """Sells a part of what it may each step."""

    def __init__(self, usd: float) -> None:
        self.usd = usd
        self.orders: list[undertow.Order] = []

    def begin(self, world: undertow.World) -> None:
        self.account = world.open_account("hyperliquid", usd=self.usd)

    def act(self, view: undertow.World) -> None:
        self.orders.append(self.account.sell("BTC", usd=self.usd / 50))


def test_a_strategy_changes_the_outcome_and_repeats() -> None:
    def end(strategy: undertow.Strategy | None) -> tuple[str, float]:
        world = undertow.World(QUICK, seed=7, until="2025-10-10T20:10:00Z")
        if strategy:
            world.add(strategy)
        world.run_until()
        price = world.book("BTC", "hyperliquid").last
        assert price is not None
        assert world.summary()["zero_sum_micro_usd"] == 0
        return world.hash, price

    alone, sold, again = end(None), end(Seller(50e6)), end(Seller(50e6))
    assert sold == again != alone
    assert sold[1] < alone[1]


def test_orders_tell_what_became_of_them() -> None:
    world = undertow.World(QUICK, seed=7)
    world.step(60)
    account = world.open_account("hyperliquid", usd=1e6)
    assert account.equity == pytest.approx(1e6)
    book = world.book("BTC", "hyperliquid")
    bid, ask, last, mark, index = book.quote()
    assert 0 < bid < ask and last > 0 and mark > 0 and index > 0
    bought = account.buy("BTC", usd=100_000)
    assert not bought.is_answered
    resting = account.buy("BTC", coins=0.5, limit=bid * 0.9, post_only=True)
    crossing = account.buy("BTC", coins=0.5, limit=ask * 1.01, post_only=True)
    greedy = account.buy("BTC", usd=1e9)
    closing = account.sell("BTC", usd=1e6, reduce_only=True)
    world.step()
    assert bought.filled > 0 and bought.average_price == pytest.approx(ask, rel=0.01)
    assert resting.left == pytest.approx(0.5) and resting.filled == 0
    assert crossing.refused and "post only" in crossing.refused
    assert greedy.refused and "margin" in greedy.refused
    assert account.position("BTC") == pytest.approx(bought.filled - closing.filled)
    look = account.look()
    assert look["account"] == account.number
    fork = world.copy()
    resting.cancel()
    world.step()
    fork.step()
    assert resting.left == 0
    assert world.hash != fork.hash
    assert account.sell("BTC", usd=-5).refused
    assert account.sell("BTC", coins=float("nan")).refused
    assert account.buy("BTC", usd=5, limit=1e30).refused


def test_accounts_end_where_a_ledger_does() -> None:
    world = undertow.World(QUICK, seed=7)
    with pytest.raises(undertow.InputError, match="trillion"):
        for _ in range(200):
            world.open_account("hyperliquid", usd=1e10)
    world.step(3)
    assert world.summary()["zero_sum_micro_usd"] == 0


def test_nobody_acts_in_a_world_that_is_over() -> None:
    world = undertow.World(QUICK, seed=7, until="2025-10-10T20:01:00Z")
    world.add(Seller(1e6))
    world.step(60)
    end = world.hash
    assert world.is_finished and world.run_until() == 0 and world.hash == end
    [seller] = world.strategies
    assert isinstance(seller, Seller) and len(seller.orders) == 60
    assert seller.account.buy("BTC", usd=100).refused


def test_an_interruption_loses_no_answer() -> None:
    """Raised where it may fall: while a strategy acts, and behind the step."""

    class Interrupted(Seller):
        def act(self, view: undertow.World) -> None:
            super().act(view)
            if len(self.orders) % 3 == 0:
                raise KeyboardInterrupt

    world = undertow.World(QUICK, seed=7, until="2025-10-10T20:02:00Z")
    first, second = Seller(1e6), Interrupted(1e6)
    world.add(first)
    world.add(second)
    while not world.is_finished:
        try:
            world.step(7)
        except KeyboardInterrupt:
            pass
    assert len(first.orders) == len(second.orders) == 120
    assert all(order.is_answered for order in first.orders + second.orders)
    alone = undertow.World(QUICK, seed=7, until="2025-10-10T20:02:00Z")
    alone.add(Seller(1e6))
    alone.add(Seller(1e6))
    alone.run_until()
    assert alone.hash == world.hash


def test_an_order_withdrawn_at_once_is_cancelled() -> None:
    world = undertow.World(QUICK, seed=7)
    world.step(10)
    account = world.open_account("hyperliquid", usd=1e6)
    bid = world.book("BTC", "hyperliquid").bid
    assert bid is not None
    order = account.buy("BTC", usd=1000, limit=bid * 0.9)
    order.cancel()
    world.step(2)
    assert order.is_answered and order.left == 0


def test_a_copy_takes_its_strategies_along() -> None:
    world = undertow.World(QUICK, seed=7, until="2025-10-10T20:20:00Z")
    seller = Seller(5e6)
    world.add(seller)
    world.step(60)
    fork = world.copy()
    [theirs] = fork.strategies
    assert isinstance(theirs, Seller) and theirs is not seller
    assert theirs.account._core is fork._core and len(theirs.orders) == 60
    world.run_until()
    fork.run_until()
    assert world.hash == fork.hash
    assert seller.orders[-1].filled == theirs.orders[-1].filled


def test_one_trades_in_a_copy() -> None:
    world = undertow.World(QUICK, seed=7)
    first = world.open_account("hyperliquid", usd=1e6)
    world.step(5)
    fork = world.copy()
    second = fork.open_account("hyperliquid", usd=2e6)
    [theirs, other] = fork.accounts
    assert (theirs.name, other.name) == (first.name, second.name)
    assert [one.name for one in world.accounts] == [first.name]
    order = theirs.buy("BTC", usd=1000)
    fork.step()
    assert order.filled > 0 and theirs.position("BTC") > 0 and first.position("BTC") == 0


def test_orders_of_another_thread_are_answered() -> None:
    """Brought between two batches of a world that another thread steps; copies are made meanwhile."""
    world = undertow.World(QUICK, seed=7)
    account = world.open_account("hyperliquid", usd=1e9)
    orders: list[undertow.Order] = []
    failures: list[BaseException] = []

    def trade() -> None:
        try:
            while not world.is_finished:
                orders.append(account.buy("BTC", usd=100))
                world.copy().step(1)
        except BaseException as error:
            failures.append(error)

    trader = threading.Thread(target=trade)
    trader.start()
    world.run_until("2025-10-10T21:00:00Z")
    while len(orders) < 20 and not world.is_finished:
        world.step(1)
    world.run_until()
    trader.join()
    assert not failures, failures[0]
    assert len(orders) >= 20
    assert all(order.is_answered for order in orders)


def test_looking_changes_nothing() -> None:
    world, other = (undertow.World(QUICK, seed=7) for _ in range(2))
    world.step(100)
    book = world.book("BTC", "hyperliquid")
    assert book.depth(100)[0] > 0
    assert book.look(5)["bids"][0]["price"] == book.bid
    assert sum(row["usd"] for row in world.triggers("BTC").rows()) > 0
    assert world.account("hyperliquid:5")["equity_usd"] != 0
    assert world.cascade()["time"]
    list(world.lending().rows())
    assert world.now - world.start == datetime.timedelta(seconds=100 * world.step_seconds)
    other.step(100)
    assert world.hash == other.hash


@pytest.mark.parametrize(
    "work",
    [
        lambda w: w.book("BTC", "binanse"),
        lambda w: w.book("DOGE2", "hyperliquid"),
        lambda w: w.open_account("nowhere", usd=1),
        lambda w: w.open_account("hyperliquid", usd=-1),
        lambda w: w.open_account("hyperliquid", usd=float("inf")),
        lambda w: w.account("hyperliquid:99999999"),
        lambda w: w.account("hyperliquid"),
        lambda w: w.triggers("XXX"),
        lambda w: w.change("never rules.fund_multiple=3"),
        lambda w: w.change("2025-10-10T21:15:00Z rules.fund=3"),
        lambda w: w.open_account("hyperliquid", usd=1).buy("BTC", usdd=1),
        lambda w: w.step(-1),
        lambda w: w.add(object()),
        lambda w: w.book("BTC", "hyperliquid").depth(-1),
    ],
)
def test_questions_that_make_no_sense(work: Callable[[undertow.World], object]) -> None:
    with undertow.World(QUICK, seed=7) as world:
        with pytest.raises(undertow.InputError):
            work(world)
    with pytest.raises(undertow.UndertowError):
        world.step()
