"""What a world has that is looked at and traded in: its books, accounts of your own, their orders."""

from __future__ import annotations

import ctypes
import json
import threading
from typing import TYPE_CHECKING, Any, TypedDict

from ._native import lib, read, take
from ._words import check_options, nearest, real, whole
from .errors import InputError, UndertowError

if TYPE_CHECKING:
    from typing_extensions import Unpack

_NONE = float("nan")


class Core:
    """The engine's side of a world: what books, accounts and orders hold, too. It ends with the last of them."""

    def __init__(self, handle: int, about: dict[str, Any] | None = None) -> None:
        self.handle: int | None = handle
        # Held by whoever is inside: nobody closes a world under another, and numbers are read by who asked for them.
        self.lock = threading.RLock()
        self.clock = (ctypes.c_int64 * 3)()
        self.five = (ctypes.c_double * 5)()
        self.orders: dict[int, Order] = {}
        """Brought and not answered yet."""
        self.opened: list[tuple[str, int]] = []
        """Venues and numbers of the accounts of one's own."""
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
                nearest=nearest(asset, self.about["assets"]) if not listed else nearest(venue, listed),
            )
        return Book(self, found)

    def __deepcopy__(self, memo: dict[int, Any]) -> Core:
        # Of a world that is copied, the copy's (`World.copy` has put it there); of anything else itself.
        return self


class Book:
    """An order book of a world. Dollars; None where a side is empty."""

    def __init__(self, core: Core, about: dict[str, Any]) -> None:
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
        """Best price that somebody buys at."""
        return _known(self.quote()[0])

    @property
    def ask(self) -> float | None:
        """Best price that somebody sells at."""
        return _known(self.quote()[1])

    @property
    def mid(self) -> float | None:
        """Half way between bid and ask."""
        bid, ask = self.quote()[:2]
        return _known((bid + ask) / 2)

    @property
    def last(self) -> float | None:
        """Price of the last trade."""
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


class OrderOptions(TypedDict, total=False):
    """What an order takes beside its asset and side: `Account.order` says what each is."""

    usd: float | None
    coins: float | None
    limit: float | None
    post_only: bool
    immediate: bool
    reduce_only: bool


class Account:
    """An account of your own in a world."""

    def __init__(self, core: Core, venue: str, number: int) -> None:
        self._core, self.venue, self.number = core, venue, number

    @property
    def name(self) -> str:
        """For `World.account` and `undertow explain`."""
        return f"{self.venue}:{self.number}"

    def buy(self, asset: str, **options: Unpack[OrderOptions]) -> Order:
        """Buys at the next step: see `order`."""
        return self.order(asset, 1, **options)

    def sell(self, asset: str, **options: Unpack[OrderOptions]) -> Order:
        """Sells at the next step: see `order`."""
        return self.order(asset, -1, **options)

    def order(self, asset: str, side: int, **options: Unpack[OrderOptions]) -> Order:
        """An order for the next step, on this account's venue.

        - side: 1 buys, -1 sells.
        - usd or coins: its size; of a coin-margined contract `coins` counts dollars.
        - limit: dollars; without one it takes what rests up to 5 % beyond the best price, and the rest is cancelled.
        - post_only: only if it rests. immediate: what does not fill at once is cancelled. reduce_only: only if it reduces.

        Leverage is the highest that the market allows.
        """
        check_options("order", options, OrderOptions)
        usd, coins, limit = options.get("usd"), options.get("coins"), options.get("limit")
        has = [bool(options.get(name)) for name in ("immediate", "post_only", "reduce_only")]
        book = self._core.book(asset, self.venue)
        if side not in (1, -1):
            raise InputError("side", found=repr(side), allowed="1 or -1")
        sizes = [_size(usd, "usd"), _size(coins, "coins")]
        if (usd is None) == (coins is None):
            raise InputError("order", found="both sizes" if usd is not None else "no size", allowed="usd or coins")
        flags = (side < 0) | has[0] << 1 | has[1] << 2 | has[2] << 3
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
        self.filled, self.filled_usd, self._resting = coins, usd, resting
        if rule >= 0:
            self.refused = take(lib.undertow_rejection(rule))
        # Last: who waits for it in another thread finds all of it.
        self.is_answered = True
        if self._is_unwanted:
            self.cancel()

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
        core = self.account._core
        with core.lock:
            if not self.is_answered:
                self._is_unwanted = True
            elif self._resting:
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
