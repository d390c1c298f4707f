"""A market in this process: stepped, copied, changed, looked into, traded in."""

from __future__ import annotations

import copy as copying
import ctypes
import datetime
import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from ._native import in_thread, lib, read, text
from ._words import Settings, Time, real, time_text, whole
from .errors import InputError, UndertowError
from .market import Account, Book, Core
from .runs import run_options
from .table import Table

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


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
        wrong, stop = ctypes.c_void_p(), ctypes.c_int32(0)
        made: list[int | None] = []
        lock, has_gone = threading.Lock(), False

        def open_world() -> None:
            handle = lib.undertow_world_open(len(words), argv, ctypes.byref(stop), ctypes.byref(wrong))
            with lock:
                made.append(handle)
                if has_gone and handle:
                    lib.undertow_world_close(handle)

        try:
            in_thread(open_world, stop)
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
        self._core = Core(made[0])
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
        """Whether it has come to `end`: no step is made any more."""
        return bool(self._core.now()[2])

    @property
    def start(self) -> datetime.datetime:
        """Its first moment, UTC."""
        return _time(self._core.about["start_utc"])

    @property
    def end(self) -> datetime.datetime:
        """Its last moment, UTC."""
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
        made, batch = 0, 1
        while made < count:
            began = time.monotonic()
            with self._core.lock:
                # Another thread may have brought an order, whose answer is of one step alone.
                if self.strategies or self._core.orders:
                    done = int(self._step_once())
                else:
                    done = int(lib.undertow_world_step(self._core.open, min(batch, count - made)))
                    # So many at a time that Python hears of Ctrl-C about ten times a second.
                    batch = max(1, min(4096, int(batch * 0.1 / max(1e-4, time.monotonic() - began))))
            made += done
            if done == 0:
                break
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
            other._core = Core(lib.undertow_world_copy(self._core.open), self._core.about)
            memo: dict[int, Any] = {id(self): other, id(self._core): other._core}
            other._core.orders = copying.deepcopy(self._core.orders, memo)
            other._core.opened = list(self._core.opened)
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
        """Coins, stablecoins and collateral tokens that have books."""
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
        with self._core.lock:
            found = self._core.ask({"ask": "open_account", "venue": text(venue, "venue"), "usd": amount})
            self._core.opened.append((venue, int(found["account"])))
            return Account(self._core, *self._core.opened[-1])

    @property
    def accounts(self) -> list[Account]:
        """Accounts of your own in the order in which they were opened; a copy has them, too."""
        return [Account(self._core, venue, number) for venue, number in self._core.opened]

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


def _time(words: str) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(words.replace("Z", "+00:00"))
    except ValueError:
        raise InputError("time", found=f"`{words}`", allowed="a UTC time like 2025-10-10T21:30:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)
