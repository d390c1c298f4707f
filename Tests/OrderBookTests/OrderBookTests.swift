import Checks
import OrderBook
import Primitives
import Testing

/// One line a command: what goes in, what must come out. `B 5 @ 100` buys, `S` sells; flags: ioc, fok, post, ro.
@Suite struct OrderBookTests {
    private static func order(_ text: String, account: AccountID = 0, stp: SelfTradePrevention = .off)
        -> NewOrder
    {
        let w = text.split(separator: " ")
        var order = NewOrder(
            w[0] == "B" ? .buy : .sell, Lots(Int64(w[1])!), at: Ticks(Int(w[3])!), account: account,
            selfTrade: stp)
        for flag in w.dropFirst(4) {
            switch flag {
            case "ioc": order.timeInForce = .immediateOrCancel
            case "fok": order.timeInForce = .fillOrKill
            case "post": order.timeInForce = .postOnly
            case "ro": order.reduceOnly = true
            default: order.account = AccountID(Int(flag.dropFirst())!)
            }
        }
        return order
    }

    /// Plays the lines and describes each answer.
    private static func play<Book: MatchingBook & ~Copyable>(
        _ book: inout Book, _ lines: [String], stp: SelfTradePrevention = .off
    ) -> [String] {
        var events = Buffer<BookEvent>()
        return lines.map { line in
            events.removeAll()
            let r = book.submit(order(line, stp: stp), events: &events)
            if let rejection = r.rejection { return "\(rejection)" }
            var parts = events.elements.map {
                "\($0.kind == .fill ? "fill" : "cut") \($0.lots.count)@\($0.price.count)"
            }
            if r.stoppedAt != .none { parts.append("stop \(r.pending.count)") }
            if r.restingLots > .zero { parts.append("rest \(r.restingLots.count)") }
            if r.cancelled > .zero { parts.append("cancel \(r.cancelled.count)") }
            return parts.joined(separator: ", ")
        }
    }

    static let tables: [(String, SelfTradePrevention, [(String, String)])] = [
        (
            "price-time priority", .off,
            [
                ("S 5 @ 101", "rest 5"), ("S 5 @ 100 a1", "rest 5"), ("S 7 @ 100 a2", "rest 7"),
                ("B 8 @ 101", "fill 5@100, fill 3@100"), ("B 20 @ 101", "fill 4@100, fill 5@101, rest 11"),
            ]
        ),
        (
            "time in force", .off,
            [
                ("B 5 @ 100", "rest 5"), ("S 9 @ 100 fok", "fillOrKillMustFillWhole"),
                ("S 5 @ 101 post", "rest 5"),
                ("S 5 @ 100 post", "postOnlyMustNotCross"), ("S 9 @ 100 ioc", "fill 5@100, cancel 4"),
                ("S 3 @ 99 ioc", "cancel 3"), ("B 5 @ 101 fok", "fill 5@101"),
            ]
        ),
        (
            "refusals", .off,
            [
                ("B 0 @ 100", "sizeMustBePositive"), ("B -1 @ 100", "sizeMustBePositive"),
                ("B 1 @ 0", "priceMustBePositive"), ("B 1 @ -4", "priceMustBePositive"),
                ("B 1 @ 1000001", "priceMustNotExceedMarketLimit"),
                ("B 9223372036854775807 @ 1", "sizeMustNotExceedMarketLimit"),
            ]
        ),
        (
            "a coin that falls by 99.9 % and an empty side", .off,
            [
                ("B 1 @ 1000", "rest 1"), ("B 2 @ 1", "rest 2"), ("S 9 @ 1000000", "rest 9"),
                ("S 2 @ 1 ioc", "fill 1@1000, fill 1@1"), ("S 5 @ 1 ioc", "fill 1@1, cancel 4"),
                ("S 5 @ 1 ioc", "cancel 5"),
                ("B 9 @ 1000000", "fill 9@1000000"), ("B 4 @ 1000000", "rest 4"),
            ]
        ),
        (
            "self-trade: cancel taker", .cancelTaker,
            [
                ("S 5 @ 100", "rest 5"), ("B 3 @ 100", "cancel 3"), ("B 3 @ 100 a1", "fill 3@100"),
            ]
        ),
        (
            "self-trade: cancel maker", .cancelMaker,
            [
                ("S 5 @ 100", "rest 5"), ("S 4 @ 100 a1", "rest 4"),
                ("B 6 @ 100", "cut 5@100, fill 4@100, rest 2"),
            ]
        ),
        (
            "self-trade: cancel both", .cancelBoth,
            [
                ("S 5 @ 100", "rest 5"), ("S 4 @ 100 a1", "rest 4"), ("B 6 @ 100", "cut 5@100, cancel 6"),
                ("B 6 @ 100", "fill 4@100, rest 2"),
            ]
        ),
        (
            "self-trade: decrement", .decrement,
            [
                ("S 5 @ 100", "rest 5"), ("B 3 @ 100", "cut 3@100, cancel 3"),
                ("B 6 @ 100", "cut 2@100, rest 4"),
            ]
        ),
        (
            "a reduce-only order stops the match", .off,
            [
                ("S 5 @ 100 ro", "rest 5"), ("B 6 @ 100", "stop 6"),
            ]
        ),
    ]

    @Test(arguments: tables.indices)
    func table(_ i: Int) {
        let (name, stp, lines) = Self.tables[i]
        var fast = OrderBook(maxTicks: 1_000_000)
        var naive = NaiveBook(maxTicks: 1_000_000)
        expect(Self.play(&fast, lines.map(\.0), stp: stp) == lines.map(\.1), "\(name), fast")
        expect(Self.play(&naive, lines.map(\.0), stp: stp) == lines.map(\.1), "\(name), naive")
    }

    @Test func shrinkingKeepsPriorityAndGoneIsGone() {
        var book = OrderBook(maxTicks: 1000)
        var events = Buffer<BookEvent>()
        let first = book.submit(NewOrder(.sell, Lots(5), at: Ticks(100), account: 1), events: &events).resting
        _ = book.submit(NewOrder(.sell, Lots(5), at: Ticks(100), account: 2), events: &events)
        expect(book.shrink(first, to: Lots(2)))
        expect(
            !book.shrink(first, to: Lots(2)) && !book.shrink(first, to: Lots(9))
                && !book.shrink(first, to: .zero))
        _ = book.submit(NewOrder(.buy, Lots(3), at: Ticks(100)), events: &events)
        expect(events.elements.map(\.makerAccount) == [1, 2])
        expect(book.cancel(first) == nil)
        // The slot is used again; the old name still names nothing.
        let again = book.submit(NewOrder(.sell, Lots(1), at: Ticks(300)), events: &events).resting
        expect(again.slot == first.slot && again != first)
        expect(book.cancel(first) == nil && book.order(first) == nil)
        expect(book.cancel(OrderID(raw: .max)) == nil)
    }

    @Test func depthAndSweep() {
        var book = OrderBook(maxTicks: 100_000)
        var events = Buffer<BookEvent>()
        for i in 0..<10 {
            _ = book.submit(NewOrder(.buy, Lots(10), at: Ticks(9_999 - i * 10)), events: &events)
            _ = book.submit(NewOrder(.sell, Lots(10), at: Ticks(10_001 + i * 10)), events: &events)
        }
        // Mid 10,000: prices 9,999 to 9,949 lie within 51 ticks.
        expect(book.depth(.buy, withinBasisPoints: 51) == Lots(60))
        let swept = book.sweep(.buy, Lots(25))
        expect(swept.filled == Lots(25) && swept.tickLots == 10 * 10_001 + 10 * 10_011 + 5 * 10_021)
        expect(swept.worst == Ticks(10_021))
        expect(book.levels(.sell, limit: 2).map(\.price) == [Ticks(10_001), Ticks(10_011)])
    }

    @Test func triggersFireNearestFirst() {
        var waiting = TriggerOrders()
        let order = NewOrder(.sell, Lots(1), at: Ticks(1))
        let names = [90, 95, 95, 80].map { price in
            waiting.add(TriggerOrder(order, when: .mark, .falling, to: Ticks(price)))
        }
        let rising = waiting.add(TriggerOrder(order, when: .last, .rising, to: Ticks(120)))
        expect(waiting.next(.mark, at: Ticks(96)) == nil)
        var fired: [Int] = []
        while let next = waiting.next(.mark, at: Ticks(88)) { fired.append(next.id) }
        expect(fired == [names[1], names[2], names[0]])
        // A freed place is used again under another name.
        let next = waiting.add(TriggerOrder(order, when: .last, .falling, to: Ticks(10)))
        expect(!fired.contains(next) && waiting.order(names[1]) == nil && waiting.cancel(next) != nil)
        expect(waiting.next(.mark, at: Ticks(130)) == nil)
        expect(waiting.cancel(rising) != nil && waiting.cancel(rising) == nil)
        expect(waiting.next(.last, at: Ticks(130)) == nil && waiting.count == 1)
    }
}

@Suite struct BookGoldenTests {
    /// Integers only: this hash is the same on every platform. It changes only when a rule of the book does.
    @Test func threeThousandOrders() {
        var book = OrderBook(maxTicks: 10_000)
        var random = RandomStream(seed: 1, name: "golden/book")
        var events = Buffer<BookEvent>()
        var live: [OrderID] = []
        for _ in 0..<3000 {
            if random.next() % 3 == 0, !live.isEmpty {
                _ = book.cancel(live.remove(at: random.integer(below: live.count)))
                continue
            }
            let order = NewOrder(
                random.next() % 2 == 0 ? .buy : .sell, Lots(1 + random.integer(below: 40)),
                at: Ticks(4900 + random.integer(below: 200)), account: AccountID(random.integer(below: 9)),
                selfTrade: .cancelMaker)
            let result = book.submit(order, events: &events)
            if result.resting != .none { live.append(result.resting) }
        }
        var hash = book.stateHash()
        for event in events.elements {
            hash.combine(event.lots.count, Int64(event.price.count), Int64(event.makerAccount.rawValue))
        }
        expect(hash.hex == "5b3b9e8d84b93451", hash.hex)
    }

    /// Prices that are empty again give their memory back; nothing else changes, and orders rest there as before: the naive
    /// twin answers alike throughout, or the book traps.
    @Test func emptyPricesGiveTheirMemoryBack() {
        var book = TwinnedBook(maxTicks: 400_000)
        book.addTwin()
        var events = Buffer<BookEvent>()
        func rest(_ prices: [Int], _ book: inout TwinnedBook) -> [OrderID] {
            prices.map {
                let order = NewOrder(.buy, Lots(3), at: Ticks($0), account: 1)
                return book.submit(order, confirmed: .none, events: &events).resting
            }
        }
        let ids = rest(stride(from: 1000, to: 200_000, by: 500).map { $0 }, &book)
        expect(book.giveBackEmptyPrices() == 0, "something rests on every page that was used")
        for (i, id) in ids.enumerated() where i % 100 != 0 { expect(book.cancel(id, of: 1) != nil) }
        _ = rest(stride(from: 250_000, to: 399_000, by: 500).map { $0 }, &book)
        let before = book.stateHash().hex
        expect(book.giveBackEmptyPrices() > 50_000)
        expect(book.stateHash().hex == before)
        _ = rest([1500, 60_000, 150_250], &book)
        let sale = NewOrder(.sell, Lots(5000), at: Ticks(1), account: 2, timeInForce: .immediateOrCancel)
        expect(book.submit(sale, confirmed: .none, events: &events).filled == Lots(3 * (4 + 298 + 3)))
        expect(book.liveOrders == 0)
    }
}

@Suite struct BookFuzzTests {
    @Test func twinsAgree() {
        let failure = BookFuzz.run(commands: 60_000, seed: 1)
        expect(failure == nil, "\(failure.map { "\($0)" } ?? "")")
    }

    /// The comparison notices each rule broken on purpose, and shrinks it to a handful of commands.
    @Test(arguments: [NaiveBook.Fault.newestFirst, .worsePriceFirst, .shrinkLosesPriority])
    func brokenRulesAreCaught(_ fault: NaiveBook.Fault) {
        let failure = BookFuzz.run(commands: 100_000, seed: 2, fault: fault)
        expect(failure != nil)
        expect((failure?.commands.count ?? 99) <= 6, "\(failure.map { "\($0)" } ?? "")")
    }
}
