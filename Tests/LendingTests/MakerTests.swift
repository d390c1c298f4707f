import Lending
import Primitives
import Testing

/// ETH at 4,000 USD: ratio 145 %, penalty 13 %, dust 5,000, hole 100,000, stairs of 1 % per 90 s from 120 %.
private func parameters(hole: String = "100000") -> MakerIlkParameters {
    MakerIlkParameters(
        mat: ray("1.45"), line: rad("10000000"), dust: rad("5000"),
        duty: ray("1.000000000627937192491029811"), chop: wad("1.13"), hole: rad(hole),
        auction: MakerAuctionRules(
            curve: .stairstep(cut: ray("0.99"), step: 90), buf: ray("1.2"), tail: 8_400, cusp: ray("0.4"),
            chip: wad("0.001"), tip: rad("300")))
}

func makeMaker(hole: String = "100000", all: String = "150000") -> MakerLiquidations {
    MakerLiquidations(
        ilks: [parameters(hole: hole), parameters(hole: hole)], prices: [wad("4000"), wad("4000")],
        hole: rad(all), at: noon)
}

/// DAI in the world = backed debt + unbacked debt; normalised debts and needs of auctions add up.
private func checkConservation(_ maker: borrowing MakerLiquidations) {
    var debt = maker.vice
    var dirt = UInt256.zero
    for (i, ilk) in maker.ilks.enumerated() {
        var art = UInt256.zero
        for urn in 1..<maker.urnCount where maker.urn(urn).ilk == i { art += maker.urn(urn).art }
        var need = UInt256.zero
        for auction in maker.auctions where auction.ilk == i { need += auction.tab }
        #expect(art == ilk.art)
        #expect(need == ilk.dirt)
        debt += art * ilk.rate
        dirt += need
    }
    let (held, needed) = (maker.holdersDai + maker.vowDai, maker.dirt)
    #expect(held == debt)
    #expect(dirt == needed)
}

@Suite struct MakerTests {
    @Test func oneVaultThroughEveryStage() throws {
        var maker = makeMaker()
        let urn = maker.openUrn(ilk: 0)
        try maker.lockAndDraw(urn, ink: wad("10"), art: wad("27000"))
        maker.advance(to: after(86_400 * 365))
        maker.drip(0)
        let rate = maker.ilks[0].rate
        #expect(abs(Double(rate) / 1e27 - 1.02) < 1e-9)
        #expect(throws: MakerError.notUnsafe) { try maker.bark(urn) }
        maker.poke(0, source: wad("3800"))
        #expect(throws: MakerError.notUnsafe) { try maker.bark(urn) }
        maker.advance(to: after(86_400 * 365 + 3_600))
        maker.poke(0, source: wad("3800"))
        let id = try maker.bark(urn)
        let tab = maker.auctions[0].tab
        #expect(tab == wad("27000") * rate * 113 / 100)
        let top = maker.auctions[0].top
        #expect(top == ray("4560"))
        let dirt = maker.dirt
        #expect(dirt == tab)
        maker.advance(to: after(86_400 * 365 + 3_600 + 90 * 20))
        let price = try maker.status(id).price
        #expect(throws: MakerError.tooExpensive(price: price)) {
            try maker.take(id, amount: wad("1"), maximum: price - 1)
        }
        let seller = maker.openUrn(ilk: 1)
        try maker.lockAndDraw(seller, ink: wad("100"), art: wad("50000"))
        try maker.take(id, amount: wad("1"), maximum: price)
        let last = try maker.take(id, amount: wad("100"), maximum: price)
        #expect(last.tabLeft == .zero)
        let (returned, left) = (maker.urn(urn).returned, maker.dirt)
        #expect(returned == last.lotLeft && returned > .zero)
        #expect(left == .zero)
        checkConservation(maker)
        maker.heal()
        checkConservation(maker)
    }

    @Test func roomAndDustDecideHowMuchIsBarked() throws {
        var maker = makeMaker(hole: "20000", all: "30000")
        let urns = [maker.openUrn(ilk: 0), maker.openUrn(ilk: 0), maker.openUrn(ilk: 1)]
        for urn in urns { try maker.lockAndDraw(urn, ink: wad("10"), art: wad("27000")) }
        for hour in 1...2 {
            maker.advance(to: after(3_600 * Int64(hour)))
            for ilk in 0..<2 { maker.poke(Int32(ilk), source: wad("3000")) }
        }
        try maker.bark(urns[0])
        let first = maker.auctions[0].tab
        #expect(first <= rad("20000") && first > rad("19999.999999"))
        let rest = maker.urn(urns[0]).art
        #expect(rest == wad("27000") - wad("20000").mulDivDown(100, 113))
        // The ilk's hole is all but full: what is left would be dust, and so would nothing be.
        #expect(throws: MakerError.dustyAuctionFromPartialLiquidation) { try maker.bark(urns[1]) }
        // The other ilk has room, the whole system has 10,000 left.
        try maker.bark(urns[2])
        let second = maker.auctions[1].tab
        #expect(second <= rad("10000.000001"))
        #expect(throws: MakerError.self) { try maker.bark(urns[2]) }
        checkConservation(maker)
    }

    @Test func anAuctionIsResetAndTheBreakerStops() throws {
        var maker = makeMaker()
        let (urn, rich) = (maker.openUrn(ilk: 0), maker.openUrn(ilk: 1))
        try maker.lockAndDraw(urn, ink: wad("10"), art: wad("27000"))
        try maker.lockAndDraw(rich, ink: wad("100"), art: wad("100000"))
        for hour in 1...2 {
            maker.advance(to: after(3_600 * Int64(hour)))
            maker.poke(0, source: wad("3000"))
        }
        maker.setStopped(0, level: 1)
        #expect(throws: MakerError.stopped(1)) { try maker.bark(urn) }
        let untouched = maker.urn(urn).art
        #expect(untouched == wad("27000"))
        maker.setStopped(0, level: 0)
        let id = try maker.bark(urn)
        #expect(throws: MakerError.cannotReset) { try maker.redo(id) }
        maker.advance(to: after(7_200 + 8_401))
        #expect(throws: MakerError.needsReset) { try maker.take(id, amount: wad("1"), maximum: .max) }
        maker.setStopped(0, level: 2)
        #expect(throws: MakerError.stopped(2)) { try maker.redo(id) }
        maker.setStopped(0, level: 0)
        maker.poke(0, source: wad("2000"))
        let before = maker.vice
        try maker.redo(id)
        let (top, paid) = (maker.auctions[0].top, maker.vice - before)
        // The hour-old price is in force.
        #expect(top == ray("3600"))
        #expect(paid == rad("300") + maker.auctions[0].tab / 1_000)
        maker.setStopped(0, level: 3)
        #expect(throws: MakerError.stopped(3)) { try maker.take(id, amount: wad("1"), maximum: .max) }
        maker.setStopped(0, level: 2)
        try maker.take(id, amount: wad("1"), maximum: .max)
        #expect(throws: MakerError.noSuchAuction(9)) { try maker.take(9, amount: 1, maximum: .max) }
        checkConservation(maker)
    }

    /// At one percent of the debt the lot is sold out and the loss stays with the system.
    @Test func badDebtIsLeftToTheSystem() throws {
        var maker = makeMaker()
        let (urn, rich) = (maker.openUrn(ilk: 0), maker.openUrn(ilk: 1))
        try maker.lockAndDraw(urn, ink: wad("10"), art: wad("27000"))
        try maker.lockAndDraw(rich, ink: wad("100"), art: wad("100000"))
        for hour in 1...2 {
            maker.advance(to: after(3_600 * Int64(hour)))
            maker.poke(0, source: wad("0.004"))
        }
        let id = try maker.bark(urn)
        let sold = try maker.take(id, amount: .max / .rad, maximum: .max)
        #expect(sold.lotLeft == .zero && sold.tabLeft > .zero)
        maker.heal()
        let (dirt, vice) = (maker.dirt, maker.vice)
        #expect(dirt == .zero)
        #expect(vice > rad("26900"))
        checkConservation(maker)
    }

    @Test func theOracleIsAnHourLateAndKeepsItsLastValue() {
        var oracle = MakerOracle(price: wad("4000"), at: noon)
        let pokes = [("1", 3_599), ("3000", 3_700)].map { oracle.poke(source: wad($0.0), at: after($0.1)) }
        #expect(pokes == [false, true])
        #expect(oracle.current == wad("4000"))
        #expect(oracle.next == wad("3000"))
        let isPoked = oracle.poke(source: wad("2000"), at: after(7_200))
        #expect(isPoked)
        #expect(oracle.current == wad("3000"))
        for source in [nil, UInt256.zero] {
            let isPoked = oracle.poke(source: source, at: after(90_000))
            #expect(!isPoked)
            #expect(oracle.current == wad("3000"))
        }
        oracle.void()
        #expect(oracle.current == nil)
    }

    @Test func withoutAPriceNothingIsBarkedOrDrawn() throws {
        var maker = makeMaker()
        let urn = maker.openUrn(ilk: 0)
        try maker.lockAndDraw(urn, ink: wad("10"), art: wad("10000"))
        #expect(throws: MakerError.amountTooLarge) { try maker.lockAndDraw(urn, ink: .max, art: 0) }
        #expect(throws: MakerError.debtCeilingExceeded) {
            try maker.lockAndDraw(urn, ink: 0, art: wad("10000000"))
        }
        #expect(throws: MakerError.unknownUrn(2)) { try maker.bark(2) }
        maker.voidOracle(0)
        #expect(throws: MakerError.notUnsafe) { try maker.bark(urn) }
        #expect(throws: MakerError.notSafe) { try maker.lockAndDraw(urn, ink: 0, art: 1) }
        #expect(throws: MakerError.notSafe) { try maker.wipeAndFree(urn, ink: 1, art: 0) }
        #expect(throws: MakerError.urnDusty) { try maker.wipeAndFree(urn, ink: 0, art: wad("5001")) }
        try maker.wipeAndFree(urn, ink: 0, art: wad("10000"))
        try maker.wipeAndFree(urn, ink: wad("10"), art: 0)
        checkConservation(maker)
    }

    @Test func powersRoundHalfUp() {
        #expect(rayPower(ray("1.1"), 2) == ray("1.21"))
        #expect(rayPower(ray("0.5"), 0) == .ray)
        #expect(rayPower(.zero, 5) == .zero)
        // 0.999…9 squared is 1 - 2e-27 + 1e-54: the tail is below a half.
        #expect(rayPower(.ray - 1, 2) == .ray - 2)
        // 2.5 units of the last place.
        #expect(rayPower(50_000_000_000_000, 2) == 3)
        #expect(abs(Double(rayPower(ray("0.99"), 100)) / 1e27 - 0.36603234127322947) < 1e-15)
    }

    @Test func randomSequencesConserve() {
        var kicks: Int32 = 0
        for seed in 1...5 {
            var random = RandomStream(seed: UInt64(seed), name: "maker")
            var maker = makeMaker(hole: "60000")
            for i in 0..<8 { _ = maker.openUrn(ilk: Int32(i % 2)) }
            var time = noon
            var done = 0
            for _ in 0..<600 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 900))
                maker.advance(to: time)
                if step(&maker, &random) != nil { done += 1 }
                checkConservation(maker)
            }
            #expect(done > 100)
            kicks += maker.kicks
        }
        #expect(kicks > 0)
    }

    /// One random call. Returns whose positions changed, nil if it was refused.
    func step(_ maker: inout MakerLiquidations, _ random: inout RandomStream) -> [Int32]? {
        let urn = Int32(1 + random.next() % 8)
        let ilk = Int32(random.next() % 2)
        let amount = UInt256(1 + random.next() % 1_000_000) * 1_000_000_000_000
        let running = maker.auctions.count
        do {
            switch random.next() % 8 {
            case 0: try maker.lockAndDraw(urn, ink: amount * 10, art: amount * 25_000)
            case 1: try maker.wipeAndFree(urn, ink: amount, art: amount * 1_000)
            case 2: maker.drip(ilk)
            case 3, 4:
                let price = maker.ilks[Int(ilk)].oracle.next ?? wad("4000")
                maker.poke(ilk, source: price.mulDivDown(UInt256(7_000 + random.next() % 6_500), 10_000))
            case 5: try maker.bark(urn)
            default:
                guard running > 0 else { return nil }
                let id = maker.auctions[Int(random.next() % UInt64(running))].id
                if try maker.status(id).needsRedo {
                    try maker.redo(id)
                } else {
                    try maker.take(id, amount: amount * 20, maximum: .max)
                }
            }
            return [urn]
        } catch {
            return nil
        }
    }
}
