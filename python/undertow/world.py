"""A market in this process: stepped, copied, changed, looked into, traded in."""

from __future__ import annotations

import copy as copying
import ctypes
import datetime
import json
import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from ._native import in_thread, lib, read, take, text
from .errors import InputError, UndertowError
from .runs import Settings, Time, real, run_options, time_text, whole
from .table import Table

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_NONE = float("nan")


class _Core:
    """The engine's side of a world: what books, accounts and orders hold, too. It ends with the last of them."""

    def __init__(self, handle: int, about: dict[str, Any] | None = None) -> None:
        self.handle: int | None = handle
        # Held by whoever is inside: nobody closes a world under another, and numbers are read by who asked for them.
        self.lock = threading.RLock()
        self.clock = (ctypes.c_int64 * 3)()
        self.five = (ctypes.c_double * 5)()
        self.orders: dict[int, Order] = {}
        """Brought and not answered yet."""
        self.about: dict[str, Any] = self.ask({"ask": "about"}) if about is None else about
        self.places = {(one["asset"], one["venue"]): one for one in self.about["books"]}

    @property
    def open(self) -> int:
        if self.handle is None:
            raise UndertowError("this world is closed")
        return self.handle

    def now(self) -> tuple[int, int, int]:
        """Nanoseconds since 1970, steps made, 1 where it is over."""
        with self.lock:
            lib.undertow_world_now(self.open, self.clock)
            return self.clock[0], self.clock[1], self.clock[2]

    def close(self) -> None:
        if not hasattr(self, "lock"):
            return
        with self.lock:
            handle, self.handle = self.handle, None
            if handle:
                lib.undertow_world_close(handle)

    def __del__(self) -> None:
        self.close()

    def ask(self, question: dict[str, Any]) -> Any:
        try:
            words = json.dumps(question).encode()
        except (TypeError, ValueError) as error:
            raise InputError("world", found=str(error), allowed="texts and numbers") from None
        with self.lock:
            results = read(lib.undertow_world_ask(self.open, words)).results
        return json.loads(results) if results.startswith(("{", "[")) else results

    def book(self, asset: str, venue: str) -> Book:
        found = self.places.get((asset, venue))
        if found is None:
            listed = [key[1] for key in self.places if key[0] == asset]
            raise InputError(
                "book",
                found=f"`{asset}` on `{venue}`",
                allowed=f"{asset} on {', '.join(listed)}" if listed else "an asset of the world",
                nearest=_nearest(asset, self.about["assets"]) if not listed else _nearest(venue, listed),
            )
        return Book(self, found)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Core:
        # Of a world that is copied, the copy's (`World.copy` has put it there); of anything else itself.
        return self


class Strategy:
    """A trader of your own: override `act`.

    It is called once before every step and sees the market as the step before left it. What it orders is the first thing to
    happen in the step that follows, by the same door as everybody's orders: margin, ticks and outages hold for it, too.
    """

    def begin(self, world: World) -> None:
        """Called once, when it joins a world: the place to open accounts."""

    def act(self, view: World) -> None:
        """Looks and orders. `view` is the world itself between two steps."""
        raise NotImplementedError


class World:
    """A market at a moment. `World("october-2025", seed=7, scale=50)` begins as `undertow.run` does, and goes the same way.

    Takes what `undertow.run` takes to decide a world: seed, scale, set, until, index_path, book, changes, threads. Two threads
    may use one world: one at a time is inside.
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str],
        *,
        seed: int = 1,
        scale: int = 1,
        set: Settings | None = None,
        until: Time | None = None,
        index_path: str | os.PathLike[str] | None = None,
        book: str | os.PathLike[str] | None = None,
        changes: Sequence[str] = (),
        threads: int | None = None,
    ) -> None:
        words = [
            one.encode()
            for one in run_options(
                scenario,
                seed=seed,
                scale=scale,
                set=set,
                until=until,
                index_path=index_path,
                book=book,
                changes=changes,
                threads=threads,
            )
        ]
        argv = (ctypes.c_char_p * len(words))(*words)
        wrong = ctypes.c_void_p()
        made: list[int | None] = []
        lock, has_gone = threading.Lock(), False

        def open_world() -> None:
            handle = lib.undertow_world_open(len(words), argv, ctypes.byref(wrong))
            with lock:
                made.append(handle)
                if has_gone and handle:
                    lib.undertow_world_close(handle)

        try:
            in_thread(open_world, None)
        except BaseException:
            # Interrupted: a world that is built in spite of it has nobody to close it.
            with lock:
                has_gone = True
                if made and made[0]:
                    lib.undertow_world_close(made[0])
            raise
        if not made[0]:
            answer = read(wrong.value)
            raise UndertowError(answer.notes or answer.results.splitlines()[0])
        self._core = _Core(made[0])
        self.strategies: list[Strategy] = []
        self._turn = 0

    def close(self) -> None:
        """Gives its memory back; leaving it to Python does, too, once its books and accounts are gone."""
        self._core.close()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Time

    @property
    def now(self) -> datetime.datetime:
        """UTC."""
        return _EPOCH + datetime.timedelta(microseconds=self._core.now()[0] // 1000)

    @property
    def steps(self) -> int:
        """Made so far."""
        return self._core.now()[1]

    @property
    def is_finished(self) -> bool:
        return bool(self._core.now()[2])

    @property
    def start(self) -> datetime.datetime:
        return _time(self._core.about["start_utc"])

    @property
    def end(self) -> datetime.datetime:
        return _time(self._core.about["end_utc"])

    @property
    def step_seconds(self) -> float:
        """Simulated seconds of a step."""
        return float(self._core.about["step_seconds"])

    def step(self, count: int = 1) -> int:
        """Makes steps, strategies before each; returns how many were made: fewer at the world's end.

        Ctrl-C stops between two steps.
        """
        count = whole(count, "count", 2**62)
        made = 0
        while made < count and (self.strategies or self._core.orders):
            if not self._step_once():
                return made
            made += 1
        batch = 1
        while made < count:
            began = time.monotonic()
            with self._core.lock:
                done = int(lib.undertow_world_step(self._core.open, min(batch, count - made)))
            made += done
            if done == 0:
                break
            # So many at a time that Python hears of Ctrl-C about ten times a second.
            batch = max(1, min(4096, int(batch * 0.1 / max(1e-4, time.monotonic() - began))))
        return made

    def _step_once(self) -> bool:
        with self._core.lock:
            # Of a step that was interrupted before its answers were read.
            if self._core.orders:
                self._take_answers()
            if self.is_finished:
                return False
            # After an interruption those go on who have not acted yet.
            while self._turn < len(self.strategies):
                self._turn += 1
                self.strategies[self._turn - 1].act(self)
            self._turn = 0
            lib.undertow_world_step(self._core.open, 1)
            if self._core.orders:
                self._take_answers()
            return True

    def run_until(self, when: Time | None = None) -> int:
        """Steps to a moment, or to the end; returns how many were made."""
        if when is None:
            return self.step(2**61)
        seconds = (_time(time_text(when, "when")) - self.now).total_seconds()
        return self.step(max(0, round(seconds / self.step_seconds)))

    def add(self, strategy: Strategy) -> None:
        """Has a strategy act from now on, behind those that are there."""
        if not isinstance(strategy, Strategy):
            raise InputError("strategy", found=repr(strategy), allowed="an undertow.Strategy")
        strategy.begin(self)
        self.strategies.append(strategy)

    def copy(self) -> World:
        """An independent world at the same moment: both go on to the same hash. Strategies are copied deeply."""
        other = object.__new__(World)
        with self._core.lock:
            other._core = _Core(lib.undertow_world_copy(self._core.open), self._core.about)
        memo: dict[int, Any] = {id(self): other, id(self._core): other._core}
        other._core.orders = copying.deepcopy(self._core.orders, memo)
        other.strategies = copying.deepcopy(self.strategies, memo)
        other._turn = self._turn
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> World:
        raise UndertowError("a world is copied by its method copy()")

    @property
    def hash(self) -> str:
        """Of its state now; at its end the `state_hash` of the run. What is only planned (`change`) is not in it yet."""
        return str(self._core.ask({"ask": "hash"}))

    def change(self, text_: str) -> None:
        """Does something to it when the time comes: `"2025-10-10T21:15:00Z rules.fund_multiple=3"`, `sell=`, `buy=`, `news=`,
        `outage=`, as `--change` of the command line, which gives the same hash."""
        self._core.ask({"ask": "change", "change": text(text_, "change")})

    # Looking

    @property
    def venues(self) -> list[str]:
        """Perpetual venues first, then spot venues."""
        return list(self._core.about["venues"])

    @property
    def assets(self) -> list[str]:
        return list(self._core.about["assets"])

    @property
    def books(self) -> Table:
        """Every order book: number, venue, asset, spot or not, coin-margined or not."""
        return Table.of_rows(self._core.about["books"])

    def book(self, asset: str, venue: str) -> Book:
        """An order book; of a coin-margined venue's ledger `binance-coinm/BTC`."""
        return self._core.book(asset, venue)

    def account(self, name: str) -> dict[str, Any]:
        """Any margin account, `VENUE:NUMBER`: equity, maintenance margin, positions with liquidation prices; dollars."""
        found: dict[str, Any] = self._core.ask({"ask": "account", "account": text(name, "account")})
        return found

    def triggers(self, asset: str) -> Table:
        """What fails at which price of an asset, per cent from the mark, if nothing else moves."""
        return Table.of_rows(self._core.ask({"ask": "triggers", "asset": text(asset, "asset")})["bars"])

    def cascade(self) -> dict[str, Any]:
        """The tree of forced closings so far, its branching ratio, the largest."""
        found: dict[str, Any] = self._core.ask({"ask": "cascade"})
        return found

    def lending(self) -> Table:
        """Lending protocols: borrowers, debt, liquidated, bad debt; dollars."""
        return Table.of_rows(self._core.ask({"ask": "lending"})["protocols"])

    def summary(self) -> dict[str, Any]:
        """The figures of `Run.summary` up to now."""
        found: dict[str, Any] = self._core.ask({"ask": "summary"})
        return found

    # Trading

    def open_account(self, venue: str, *, usd: float) -> Account:
        """An account on a venue with dollars of your own (of a coin-margined venue coins worth as many).

        From one dollar to 10 billion; a trillion on one venue in all.
        """
        amount = real(usd, "usd")
        if not 1 <= amount <= 1e10:
            raise InputError("usd", found=repr(usd), allowed="1 to 10 billion dollars")
        found = self._core.ask({"ask": "open_account", "venue": text(venue, "venue"), "usd": amount})
        return Account(self._core, venue, int(found["account"]))

    def _take_answers(self) -> None:
        """Tells orders what became of them."""
        room = 64
        while True:
            numbers, resting = (ctypes.c_double * (5 * room))(), (ctypes.c_uint64 * room)()
            count = int(lib.undertow_world_answers(self._core.open, room, numbers, resting))
            if count <= room:
                break
            room = count
        for i in range(count):
            order = self._core.orders.pop(int(numbers[5 * i]), None)
            if order is not None:
                order._answer(numbers[5 * i + 2], numbers[5 * i + 3], int(numbers[5 * i + 4]), int(resting[i]))

    def __repr__(self) -> str:
        return f"<World {self._core.about['start_utc']} to {self._core.about['end_utc']}, now {self.now:%Y-%m-%dT%H:%M:%SZ}, {len(self._core.places)} books>"


class Book:
    """An order book of a world. Dollars; None where a side is empty."""

    def __init__(self, core: _Core, about: dict[str, Any]) -> None:
        self._core = core
        self.number: int = about["number"]
        self.asset: str = about["asset"]
        self.venue: str = about["venue"]
        self.is_spot: bool = about["is_spot"]
        self.is_inverse: bool = about["is_inverse"]
        """Collateral and profit are in the coin; sizes are dollars."""

    def quote(self) -> tuple[float, float, float, float, float]:
        """Bid, ask, last trade, mark, index in one call; not a number where there is none."""
        core = self._core
        with core.lock:
            lib.undertow_world_quote(core.open, self.number, core.five)
            bid, ask, last, mark, index = core.five
            return bid, ask, last, mark, index

    @property
    def bid(self) -> float | None:
        return _known(self.quote()[0])

    @property
    def ask(self) -> float | None:
        return _known(self.quote()[1])

    @property
    def mid(self) -> float | None:
        bid, ask = self.quote()[:2]
        return _known((bid + ask) / 2)

    @property
    def last(self) -> float | None:
        return _known(self.quote()[2])

    @property
    def mark(self) -> float | None:
        """None of a spot book."""
        return _known(self.quote()[3])

    @property
    def index(self) -> float | None:
        """The asset's index."""
        return _known(self.quote()[4])

    def depth(self, basis_points: int = 100) -> tuple[float, float]:
        """Dollars that rest within so many basis points of the mid: bids, offers."""
        within = whole(basis_points, "basis_points", 10_001)
        core = self._core
        with core.lock:
            lib.undertow_world_depth(core.open, self.number, within, core.five)
            return core.five[0], core.five[1]

    def look(self, levels: int = 25) -> dict[str, Any]:
        """The ladder, marks, funding, volumes, and what market orders of some sizes would pay."""
        asked = whole(levels, "levels", 100_001)
        found: dict[str, Any] = self._core.ask({"ask": "book", "number": self.number, "levels": asked})
        return found

    def __repr__(self) -> str:
        return f"<Book {self.asset} on {self.venue}>"


class Account:
    """An account of your own in a world."""

    def __init__(self, core: _Core, venue: str, number: int) -> None:
        self._core, self.venue, self.number = core, venue, number

    @property
    def name(self) -> str:
        """For `World.account` and `undertow explain`."""
        return f"{self.venue}:{self.number}"

    def buy(self, asset: str, **size: Any) -> Order:
        """Orders for the next step: see `order`."""
        return self.order(asset, 1, **size)

    def sell(self, asset: str, **size: Any) -> Order:
        """Orders for the next step: see `order`."""
        return self.order(asset, -1, **size)

    def order(
        self,
        asset: str,
        side: int,
        *,
        usd: float | None = None,
        coins: float | None = None,
        limit: float | None = None,
        post_only: bool = False,
        immediate: bool = False,
        reduce_only: bool = False,
    ) -> Order:
        """An order for the next step, on this account's venue.

        - side: 1 buys, -1 sells.
        - usd or coins: its size; of a coin-margined contract `coins` counts dollars.
        - limit: dollars; without one it takes what rests up to 5 % beyond the best price, and the rest is cancelled.
        - post_only: only if it rests. immediate: what does not fill at once is cancelled. reduce_only: only if it reduces.

        Leverage is the highest that the market allows.
        """
        book = self._core.book(asset, self.venue)
        if side not in (1, -1):
            raise InputError("side", found=repr(side), allowed="1 or -1")
        sizes = [_size(usd, "usd"), _size(coins, "coins")]
        if (usd is None) == (coins is None):
            raise InputError("order", found="both sizes" if usd is not None else "no size", allowed="usd or coins")
        flags = (side < 0) | bool(immediate) << 1 | bool(post_only) << 2 | bool(reduce_only) << 3
        order = Order(self, book, side)
        with self._core.lock:
            number = lib.undertow_world_order(
                self._core.open, book.number, self.number, *sizes, _size(limit, "limit"), flags
            )
            if number > 0:
                self._core.orders[int(number)] = order
        if number == -2:
            order._refused("size must be positive")
        elif number == -3:
            order._refused("price must not exceed market limit")
        elif number == -4:
            order._refused("the world must not be over")
        elif number < 0:
            raise UndertowError(f"{self.name} is no account of this world")
        return order

    def position(self, asset: str) -> float:
        """Signed coins; of a coin-margined contract signed dollars."""
        return self._holding(asset)[0]

    @property
    def equity(self) -> float:
        """Dollars, positions at the mark; of a wallet on a spot venue free dollars."""
        first = next((asset for asset, venue in self._core.places if venue == self.venue), None)
        return self._holding(first)[1] if first else _NONE

    def _holding(self, asset: str) -> tuple[float, float]:
        core, book = self._core, self._core.book(asset, self.venue)
        with core.lock:
            if lib.undertow_world_holding(core.open, book.number, self.number, core.five) < 0:
                raise UndertowError(f"{self.name} is no account of this world")
            return core.five[0], core.five[1]

    def look(self) -> dict[str, Any]:
        """Equity, maintenance margin, positions with liquidation prices; of a margin account."""
        found: dict[str, Any] = self._core.ask({"ask": "account", "account": self.name})
        return found

    def __repr__(self) -> str:
        return f"<Account {self.name}>"


class Order:
    """An order and what became of it in the step after it was brought."""

    def __init__(self, account: Account, book: Book, side: int) -> None:
        self.account, self.book, self.side = account, book, side
        self.filled = 0.0
        """Coins filled at once (of a coin-margined contract dollars)."""
        self.filled_usd = 0.0
        self.refused: str | None = None
        """The rule that refused it, in words."""
        self.is_answered = False
        self._resting = 0
        self._is_unwanted = False

    def _answer(self, coins: float, usd: float, rule: int, resting: int) -> None:
        self.is_answered, self.filled, self.filled_usd, self._resting = True, coins, usd, resting
        if self._is_unwanted:
            self.cancel()
        if rule >= 0:
            self.refused = take(lib.undertow_rejection(rule))

    def _refused(self, words: str) -> None:
        self.is_answered, self.refused = True, words

    @property
    def average_price(self) -> float | None:
        """Of what filled at once, dollars; None of a coin-margined contract."""
        return self.filled_usd / self.filled if self.filled > 0 and not self.book.is_inverse else None

    @property
    def left(self) -> float:
        """Coins of it that rest in the book now."""
        if not self._resting:
            return 0.0
        core = self.account._core
        with core.lock:
            return float(lib.undertow_world_left(core.open, self.book.number, self._resting))

    def cancel(self) -> None:
        """Takes it out of the book at the next step, where it still rests; one that was only just brought a step later."""
        if not self.is_answered:
            self._is_unwanted = True
            return
        core = self.account._core
        with core.lock:
            if self._resting:
                number = lib.undertow_world_cancel(core.open, self.book.number, self.account.number, self._resting)
                if number > 0:
                    core.orders[int(number)] = Order(self.account, self.book, self.side)

    def __repr__(self) -> str:
        state = (
            "refused: " + self.refused if self.refused else f"filled {self.filled:g}" if self.is_answered else "brought"
        )
        return f"<Order {'buy' if self.side > 0 else 'sell'} {self.book.asset} on {self.book.venue}: {state}>"


def _size(value: float | None, name: str) -> float:
    if value is None:
        return _NONE
    number = real(value, name)
    # Not a number means none was said.
    return -1.0 if number != number else number


def _known(number: float) -> float | None:
    return None if number != number else number


def _time(words: str) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(words.replace("Z", "+00:00"))
    except ValueError:
        raise InputError("time", found=f"`{words}`", allowed="a UTC time like 2025-10-10T21:30:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)


def _nearest(name: str, known: list[str]) -> str | None:
    import difflib

    found = difflib.get_close_matches(str(name), known, 1, 0.5)
    return found[0] if found else None
