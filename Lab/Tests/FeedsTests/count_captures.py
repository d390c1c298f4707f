"""Counts the captures of a shared folder by its own logic: count_captures.py SHARED. Prints JSON, one entry a capture."""
import gzip
import json
import os
import sys
from decimal import Decimal


def text(number):
    d = Decimal(str(number))
    s = format(d, "f")
    return s.rstrip("0").rstrip(".") if "." in s else s


def load(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for raw in file:
            line = raw.rstrip("\n")
            if not line or " <- " in line[:200] or " <-> " in line[:4000] or line.startswith("configuration"):
                continue
            if " -> " in line[:300] and "://" in line[:20]:
                url, rest = line.split(" -> ", 1)
                stamp, body = rest.split(": ", 1)
            elif ": " in line[:24]:
                url, (stamp, body) = None, line.split(": ", 1)
            else:
                url, (stamp, body) = None, line.split(" ", 1)
                stamp = Decimal(stamp) / 10**9
            yield Decimal(stamp), url, json.loads(body, parse_float=Decimal)


class Book:
    def __init__(self):
        self.sides = {"b": {}, "a": {}}
        self.id = None
        self.live = False
        self.rest = False
        self.queue = []

    def put(self, side, price, quantity):
        levels, price, quantity = self.sides[side], Decimal(str(price)), Decimal(str(quantity))
        if quantity == 0:
            levels.pop(price, None)
        else:
            levels[price] = quantity

    def best(self):
        bids, asks = self.sides["b"], self.sides["a"]
        return (max(bids) if bids else None), (min(asks) if asks else None)


class Count:
    def __init__(self):
        self.n = dict.fromkeys(["messages", "snapshots", "updates", "applied", "older", "trades", "history", "gaps", "crossed", "equal", "different", "tickers"], 0)
        self.books = {}
        self.tickers = {}
        self.tops = {}

    def book(self, name):
        return self.books.setdefault(name, Book())

    def after(self, name, book):
        bid, ask = book.best()
        if bid is not None and ask is not None and bid >= ask:
            self.n["crossed"] += 1
        if book.id is not None:
            self.tops.setdefault(name, {})[book.id] = (bid, ask)

    def snapshot(self, name, bids, asks, last, rest):
        self.n["snapshots"] += 1
        book = self.book(name)
        book.sides = {"b": {}, "a": {}}
        for side, rows in (("b", bids), ("a", asks)):
            for price, quantity in rows:
                book.put(side, price, quantity)
        book.id, book.live, book.rest = last, True, rest
        self.after(name, book)
        queue, book.queue = book.queue, []
        for update in queue:
            self.place(name, book, *update)

    def update(self, name, changes, rule, numbers):
        self.n["updates"] += 1
        book = self.book(name)
        if book.live:
            self.place(name, book, changes, rule, numbers)
        else:
            book.queue.append((changes, rule, numbers))

    def place(self, name, book, changes, rule, numbers):
        first, last, previous = numbers
        if rule == "spot":
            old = last <= book.id
            fits = first <= book.id + 1 if book.rest else first == book.id + 1
        elif rule == "chain":
            old = last < book.id if book.rest else last <= book.id
            fits = previous <= book.id if book.rest else previous == book.id
        elif rule == "step":
            old, fits = last <= book.id, last == book.id + 1
        elif rule == "time":
            old, fits = last <= book.id, True
        else:
            old, fits = False, True
        if old:
            self.n["older"] += 1
        elif not fits:
            self.n["gaps"] += 1
            book.live = False
        else:
            for side, price, quantity in changes:
                book.put(side, price, quantity)
            if last is not None:
                book.id, book.rest = last, False
            self.n["applied"] += 1
            self.after(name, book)

    def result(self):
        for name, rows in self.tickers.items():
            tops = self.tops.get(name, {})
            for last, bid, ask in rows:
                if last in tops:
                    self.n["equal" if tops[last] == (bid, ask) else "different"] += 1
        best = {}
        for name, book in self.books.items():
            bid, ask = book.best()
            if bid is not None and ask is not None:
                best[name] = [text(bid), text(book.sides["b"][bid]), text(ask), text(book.sides["a"][ask])]
        return dict(self.n, best=best)


def pairs(rows, side=None):
    return [(side, r[0], r[1]) if side else (r[0], r[1]) for r in rows]


def binance(c, url, m, only):
    d = m.get("data", m)
    kind = d.get("e")
    if "lastUpdateId" in d:
        name = d.get("symbol") or (url.split("symbol=")[1].split("&")[0] if url else only)
        c.snapshot(name, pairs(d["bids"]), pairs(d["asks"]), d["lastUpdateId"], True)
    elif kind == "depthUpdate":
        changes = pairs(d["b"], "b") + pairs(d["a"], "a")
        c.update(d["s"], changes, "chain" if "pu" in d else "spot", (d["U"], d["u"], d.get("pu")))
    elif kind in ("trade", "aggTrade"):
        c.n["trades"] += d.get("X") != "NA"
    elif kind == "bookTicker" or ("B" in d and "A" in d and "u" in d):
        c.n["tickers"] += 1
        c.tickers.setdefault(d["s"], []).append((d["u"], Decimal(d["b"]), Decimal(d["a"])))


def bitstamp(c, url, m, only):
    if url:
        name = url.rsplit("/", 1)[1]
        c.snapshot(name, pairs(m["bids"]), pairs(m["asks"]), int(m["microtimestamp"]), True)
    elif m.get("event") == "data":
        d = m["data"]
        changes = pairs(d["bids"], "b") + pairs(d["asks"], "a")
        c.update(m["channel"].replace("diff_order_book_", ""), changes, "time", (None, int(d["microtimestamp"]), None))
    elif m.get("event") == "trade":
        c.n["trades"] += 1


def bybit(c, url, m, only):
    topic = m.get("topic", "")
    if topic.startswith("trade."):
        c.n["trades"] += len(m["data"])
    elif topic.startswith("orderBookL2_25."):
        name, last = topic.split(".")[1], int(m["cross_seq"])
        side = {"Buy": "b", "Sell": "a"}
        if m["type"] == "snapshot":
            rows = m["data"]["order_book"]
            c.snapshot(name, [(r["price"], r["size"]) for r in rows if r["side"] == "Buy"], [(r["price"], r["size"]) for r in rows if r["side"] == "Sell"], last, False)
        else:
            changes = [(side[r["side"]], r["price"], 0) for r in m["data"]["delete"]]
            changes += [(side[r["side"]], r["price"], r["size"]) for k in ("update", "insert") for r in m["data"][k]]
            c.update(name, changes, "time", (None, last, None))


def coinbase(c, url, m, only):
    kind = m["type"]
    if kind == "snapshot":
        c.snapshot(m["product_id"], pairs(m["bids"]), pairs(m["asks"]), None, False)
    elif kind == "l2update":
        c.update(m["product_id"], [("b" if s == "buy" else "a", p, q) for s, p, q in m["changes"]], "none", (None, None, None))
    elif kind == "match":
        c.n["trades"] += 1
    elif kind == "last_match":
        c.n["history"] += 1
    elif kind == "ticker":
        c.n["tickers"] += 1


def kraken(c, url, m, only):
    feed = m.get("feed")
    if "event" in m:
        return
    if feed == "book_snapshot":
        c.snapshot(m["product_id"], [(r["price"], r["qty"]) for r in m["bids"]], [(r["price"], r["qty"]) for r in m["asks"]], m["seq"], False)
    elif feed == "book":
        c.update(m["product_id"], [("b" if m["side"] == "buy" else "a", m["price"], m["qty"])], "step", (None, m["seq"], None))
    elif feed == "trade":
        c.n["trades"] += 1
    elif feed == "trade_snapshot":
        c.n["history"] += len(m["trades"])
    elif feed == "ticker_lite":
        c.n["tickers"] += 1


def hyperliquid(c, url, m, only):
    if m["channel"] == "l2Book":
        bids, asks = m["data"]["levels"]
        c.snapshot(m["data"]["coin"], [(r["px"], r["sz"]) for r in bids], [(r["px"], r["sz"]) for r in asks], m["data"]["time"], False)
    elif m["channel"] == "trades":
        c.n["trades"] += len(m["data"])


CAPTURES = {
    "usdm": (binance, "BTCUSDT", ["binance-raw-feed-2024-08/usdm_btcusdt_20240808.gz"]),
    "cm": (binance, "ETHUSD_PERP", ["binance-raw-feed-2024-08/cm_ethusd_perp_20240808.gz"]),
    "spot": (binance, "BTCUSDT", ["binance-raw-feed-2024-08/spot_btcusdt_20240808.gz"]),
    "spot next day": (binance, "BTCUSDT", ["binance-raw-feed-2024-08/spot_btcusdt_20240809.gz"]),
    "spot both": (binance, "BTCUSDT", ["binance-raw-feed-2024-08/spot_btcusdt_20240808.gz", "binance-raw-feed-2024-08/spot_btcusdt_20240809.gz"]),
    "hyperliquid": (hyperliquid, None, ["binance-raw-feed-2024-08/hyperliquid_btcusd_20250126.gz"]),
    "binance futures": (binance, None, ["exchange-captures-cryptofeed/BINANCE_FUTURES.http.0.0.gz", "exchange-captures-cryptofeed/BINANCE_FUTURES.ws.1.0.gz"]),
    "bitstamp": (bitstamp, None, ["exchange-captures-cryptofeed/BITSTAMP.http.0.0.gz", "exchange-captures-cryptofeed/BITSTAMP.ws.1.0.gz"]),
    "bybit": (bybit, None, ["exchange-captures-cryptofeed/BYBIT.ws.25.0.gz"]),
    "coinbase": (coinbase, None, ["exchange-captures-cryptofeed/COINBASE.ws.28.0.gz"]),
    "kraken": (kraken, None, ["exchange-captures-cryptofeed/KRAKEN_FUTURES.ws.1.0.gz"]),
}


def main():
    found = {}
    for name, (read, only, files) in CAPTURES.items():
        paths = [os.path.join(sys.argv[1], "data", f) for f in files]
        if not all(os.path.exists(p) for p in paths):
            continue
        count = Count()
        lines = [line for path in paths for line in load(path)]
        for _, url, message in sorted(lines, key=lambda line: line[0]):
            count.n["messages"] += 1
            read(count, url, message, only)
        found[name] = dict(count.result(), files=files)
    print(json.dumps(found))


main()
