import Lending
import Primitives
import Testing

/// The trigger index on every protocol: after each random call it finds what a full scan finds.
@Suite struct BookTests {
    /// A call that was refused half way may still have acted (two calls in one step), so it counts as a touch.
    private func agree(
        _ triggers: inout LendingTriggers, _ book: borrowing some LendingBook & ~Copyable, _ touched: [Int32]?
    ) -> Int? {
        for p in touched ?? [] { triggers.look(p) }
        if touched == nil { for p in 0..<book.positionCount { triggers.look(p) } }
        var found = Buffer<Int32>()
        triggers.findUnsafe(book, into: &found)
        return found.elements == LendingTriggers.unsafeByFullScan(book) ? found.count : nil
    }

    @Test(arguments: 1...3)
    func comet(seed: UInt64) throws {
        var random = RandomStream(seed: seed, name: "comet book")
        var market = makeComet()
        for _ in 0..<6 { _ = market.addAccount() }
        var triggers = LendingTriggers(market)
        var found = 0
        for i in 1...800 {
            market.advance(to: after(Int64(i) * 5_000))
            let touched = CometTests().step(&market, &random)
            if i % 90 == 0 { market.setPrice(0, i % 180 == 0 ? .zero : usd("4000")) }
            found += try #require(agree(&triggers, market, touched), "step \(i)")
        }
        #expect(found > 0)
    }

    @Test func compoundV2() throws {
        var found = 0
        for seed in 1...3 {
            var random = RandomStream(seed: UInt64(seed), name: "compound v2 book")
            var pool = makeComptroller()
            for _ in 0..<6 { _ = pool.addAccount() }
            var triggers = LendingTriggers(pool)
            for i in 1...800 {
                pool.advance(to: after(Int64(i) * 300))
                let touched = CompoundV2Tests().step(&pool, &random)
                if i % 90 == 0 { pool.setPrice(0, i % 180 == 0 ? .zero : units("4000", 18)) }
                found += try #require(agree(&triggers, pool, touched), "step \(i)")
            }
        }
        #expect(found > 0)
    }

    @Test(arguments: 1...3)
    func maker(seed: UInt64) throws {
        var random = RandomStream(seed: seed, name: "maker book")
        var maker = makeMaker(hole: "60000")
        for i in 0..<8 { _ = maker.openUrn(ilk: Int32(i % 2)) }
        var triggers = LendingTriggers(maker)
        var found = 0
        for i in 1...800 {
            maker.advance(to: after(Int64(i) * 600))
            let touched = MakerTests().step(&maker, &random)
            if i % 200 == 0 { maker.voidOracle(0) }
            if i % 200 > 2 && i % 200 < 20 { maker.poke(0, source: wad("4000")) }
            found += try #require(agree(&triggers, maker, touched), "step \(i)")
        }
        #expect(found > 0)
    }

    @Test(arguments: 1...3)
    func morpho(seed: UInt64) throws {
        var random = RandomStream(seed: seed, name: "morpho book")
        var market = makeMorpho()
        for _ in 0..<6 { _ = market.addAccount() }
        var triggers = LendingTriggers(market)
        var found = 0
        for i in 1...800 {
            market.accrueInterest(to: after(Int64(i) * 20_000))
            let touched = MorphoTests().step(&market, &random)
            if i % 90 == 0 { market.price = i % 180 == 0 ? .zero : units("4000", 24) }
            found += try #require(agree(&triggers, market, touched), "step \(i)")
        }
        #expect(found > 0)
    }

    /// Equal histories hash alike; one unit more does not.
    @Test func stateHashesTellStatesApart() throws {
        var hashes: [StateHash] = []
        for amount in ["5", "5", "5.000001"] {
            var comet = makeComet()
            var morpho = makeMorpho()
            let (a, b) = (comet.addAccount(), morpho.addAccount())
            try comet.supply(units(amount, 6), by: a)
            try morpho.supply(.assets(units(amount, 6)), by: b)
            hashes += [comet.stateHash(), morpho.stateHash()]
        }
        #expect(hashes[0] == hashes[2] && hashes[1] == hashes[3])
        #expect(hashes[0] != hashes[4] && hashes[1] != hashes[5])
    }
}
