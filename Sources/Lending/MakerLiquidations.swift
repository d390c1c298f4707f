import Primitives

/// One collateral type.
public struct MakerIlkParameters: Sendable {
    /// Liquidation ratio, ray (1.45 is 145 %).
    public var mat: UInt256
    /// Debt ceiling, rad.
    public var line: UInt256
    /// Least debt of an urn, rad.
    public var dust: UInt256
    /// Stability fee per second, ray (one and a little).
    public var duty: UInt256
    /// Liquidation penalty, wad (1.13 is 13 %).
    public var chop: UInt256
    /// Most DAI that running auctions of the ilk may need, rad.
    public var hole: UInt256
    public var auction: MakerAuctionRules

    public init(
        mat: UInt256, line: UInt256, dust: UInt256, duty: UInt256, chop: UInt256, hole: UInt256,
        auction: MakerAuctionRules
    ) {
        self.mat = mat
        self.line = line
        self.dust = dust
        self.duty = duty
        self.chop = chop
        self.hole = hole
        self.auction = auction
    }
}

/// The state of one collateral type.
public struct MakerIlk: Sendable {
    public let parameters: MakerIlkParameters
    /// Normalised debt of all urns, wad.
    public internal(set) var art = UInt256.zero
    /// Debt per normalised debt, ray.
    public internal(set) var rate = UInt256.ray
    /// Price with safety margin: oracle price / mat, ray; zero if the oracle has none.
    public internal(set) var spot = UInt256.zero
    /// DAI that running auctions still need, rad.
    public internal(set) var dirt = UInt256.zero
    /// Least tab worth leaving: dust × chop as of the last `upchost`, rad.
    public internal(set) var chost = UInt256.zero
    public var oracle: MakerOracle
    /// Circuit breaker: from 1 on no kick, from 2 on no redo, from 3 on no take.
    public var stopped = 0
    var drippedAt: Int64
}

/// One vault.
public struct MakerUrn: Sendable, BitwiseCopyable {
    public let ilk: Int32
    /// Collateral locked, wad.
    public internal(set) var ink: UInt256
    /// Normalised debt, wad; the debt is art × rate.
    public internal(set) var art: UInt256
    /// Collateral that came back from auctions, wad.
    public internal(set) var returned: UInt256
}

/// Maker's vaults and Liquidations 2.0: Vat, Spotter, Jug, Dog and one Clipper per collateral type, in wad (10^18),
/// ray (10^27) and rad (10^45).
///
/// Exact at all times: DAI held by people and by the system = sum(art × rate) + unbacked debt. One DAI counts as one
/// USD (par = 1). A call that throws has changed nothing. Urn 0 is nobody.
/// Source: dss, src/vat.sol, spot.sol, jug.sol, dog.sol, clip.sol (deployed versions).
public struct MakerLiquidations: ~Copyable {
    public private(set) var ilks: [MakerIlk]
    /// Most DAI that all running auctions may need, rad.
    public let hole: UInt256
    public private(set) var dirt = UInt256.zero
    /// DAI of everyone but the system, rad.
    public private(set) var holdersDai = UInt256.zero
    /// DAI of the system: fees and what auctions raised, rad.
    public private(set) var vowDai = UInt256.zero
    /// Debt of the system without backing: liquidated debt and rewards to keepers, rad.
    public private(set) var vice = UInt256.zero
    /// Running auctions; an ended one's place is taken by the last.
    public private(set) var auctions: [MakerAuction] = []
    public private(set) var kicks: Int32 = 0
    public private(set) var urnCount: Int32 = 1
    public private(set) var now: Int64
    private var urns: Pool<MakerUrn>

    /// - Parameters: one price (wad) per ilk, both in force and next; `hole` in rad.
    public init(
        ilks listed: [MakerIlkParameters], prices: [UInt256], hole: UInt256, expectedUrns: Int = 64,
        at time: SimTime
    ) {
        precondition(listed.count == prices.count)
        self.hole = hole
        now = time.seconds
        urns = Pool(zeroed: expectedUrns + 1)
        ilks = []
        for (parameters, price) in zip(listed, prices) {
            ilks.append(
                MakerIlk(
                    parameters: parameters, oracle: MakerOracle(price: price, at: time),
                    drippedAt: time.seconds))
            spotPoke(Int32(ilks.count - 1))
            upchost(Int32(ilks.count - 1))
        }
    }

    /// Independent vaults and auctions, the same.
    public init(copying other: borrowing MakerLiquidations) {
        ilks = other.ilks
        hole = other.hole
        dirt = other.dirt
        holdersDai = other.holdersDai
        vowDai = other.vowDai
        vice = other.vice
        auctions = other.auctions
        kicks = other.kicks
        urnCount = other.urnCount
        now = other.now
        urns = Pool(copying: other.urns)
    }

    public mutating func openUrn(ilk: Int32) -> Int32 {
        precondition(ilk >= 0 && ilk < ilks.count)
        urns.grow(toAtLeast: Int(urnCount) + 1)
        urns[urnCount] = MakerUrn(ilk: ilk, ink: .zero, art: .zero, returned: .zero)
        urnCount += 1
        return urnCount - 1
    }

    public func urn(_ urn: Int32) -> MakerUrn {
        precondition(urn >= 0 && urn < urnCount)
        return urns[urn]
    }
    public func auction(_ id: Int32) -> MakerAuction? { auctions.first { $0.id == id } }
    public mutating func setStopped(_ ilk: Int32, level: Int) { ilks[Int(ilk)].stopped = level }

    public mutating func advance(to time: SimTime) {
        precondition(time.seconds >= now, "time goes forward")
        now = time.seconds
    }

    // MARK: - Prices and fees

    /// Pokes the oracle with its source's price (wad, nil or zero for none) and updates `spot` with what is in force.
    public mutating func poke(_ ilk: Int32, source: UInt256?) {
        ilks[Int(ilk)].oracle.poke(source: source, at: SimTime(seconds: now))
        spotPoke(ilk)
    }

    /// Governance stops the oracle; spot becomes zero, so that nothing is borrowed and nothing is liquidated.
    public mutating func voidOracle(_ ilk: Int32) {
        ilks[Int(ilk)].oracle.void()
        spotPoke(ilk)
    }

    private mutating func spotPoke(_ ilk: Int32) {
        let price = (ilks[Int(ilk)].oracle.current ?? .zero) * 1_000_000_000
        ilks[Int(ilk)].spot = price.mulDivDown(.ray, ilks[Int(ilk)].parameters.mat)
    }

    /// Books the stability fee up to now: rate × duty^seconds.
    public mutating func drip(_ ilk: Int32) {
        let i = Int(ilk)
        let seconds = UInt256(now - ilks[i].drippedAt)
        let next = rayPower(ilks[i].parameters.duty, seconds).mulDivDown(ilks[i].rate, .ray)
        vowDai += ilks[i].art * (next - ilks[i].rate)
        ilks[i].rate = next
        ilks[i].drippedAt = now
    }

    public mutating func upchost(_ ilk: Int32) {
        let p = ilks[Int(ilk)].parameters
        ilks[Int(ilk)].chost = p.dust.mulDivDown(p.chop, .wad)
    }

    // MARK: - Vaults

    /// Locks collateral and draws DAI: `art` is normalised, the DAI drawn is art × rate. Either may be zero.
    ///
    /// - Throws: `MakerError` where the protocol refuses.
    public mutating func lockAndDraw(
        _ urn: Int32, ink: UInt256, art: UInt256
    ) throws(MakerError) {
        try check(urn)
        guard ink.high == 0, art.high == 0 else { throw .amountTooLarge }
        let old = urns[urn]
        let i = Int(old.ilk)
        let next = MakerUrn(ilk: old.ilk, ink: old.ink + ink, art: old.art + art, returned: old.returned)
        if !art.isZero {
            let drawn = art * ilks[i].rate
            guard (ilks[i].art + art) * ilks[i].rate <= ilks[i].parameters.line else {
                throw .debtCeilingExceeded
            }
            guard isSafe(next) else { throw .notSafe }
            try checkDust(next)
            holdersDai += drawn
            ilks[i].art += art
        }
        urns[urn] = next
    }

    /// Repays normalised debt and frees collateral. Either may be zero.
    ///
    /// - Throws: `MakerError` where the protocol refuses.
    public mutating func wipeAndFree(_ urn: Int32, ink: UInt256, art: UInt256) throws(MakerError) {
        try check(urn)
        let old = urns[urn]
        guard ink <= old.ink else { throw .notEnoughCollateral }
        guard art <= old.art else { throw .notEnoughDebt }
        let next = MakerUrn(ilk: old.ilk, ink: old.ink - ink, art: old.art - art, returned: old.returned)
        if !ink.isZero { guard isSafe(next) else { throw .notSafe } }
        try checkDust(next)
        let paid = art * ilks[Int(old.ilk)].rate
        guard paid <= holdersDai else { throw .notEnoughDai }
        holdersDai -= paid
        ilks[Int(old.ilk)].art -= art
        urns[urn] = next
    }

    /// Whether ink × spot covers art × rate.
    public func isSafe(_ urn: MakerUrn) -> Bool {
        urn.art * ilks[Int(urn.ilk)].rate <= urn.ink * ilks[Int(urn.ilk)].spot
    }

    private func checkDust(_ urn: MakerUrn) throws(MakerError) {
        let ilk = ilks[Int(urn.ilk)]
        guard urn.art.isZero || urn.art * ilk.rate >= ilk.parameters.dust else { throw .urnDusty }
    }

    private func check(_ urn: Int32) throws(MakerError) {
        guard urn > 0, urn < urnCount else { throw .unknownUrn(urn) }
    }

    /// Cancels the system's debt against its DAI, as far as both reach.
    public mutating func heal() {
        let amount = min(vowDai, vice)
        vowDai -= amount
        vice -= amount
    }

    // MARK: - Liquidation

    /// Sends an unsafe urn, or as much of it as there is room for, to auction.
    ///
    /// - Returns: the auction's id.
    /// - Throws: `MakerError` where the protocol refuses.
    @discardableResult
    public mutating func bark(_ urn: Int32) throws(MakerError) -> Int32 {
        try check(urn)
        let vault = urns[urn]
        let i = Int(vault.ilk)
        let ilk = ilks[i]
        guard !ilk.spot.isZero, !isSafe(vault) else { throw .notUnsafe }
        let room = min(hole.minusOrZero(dirt), ilk.parameters.hole.minusOrZero(ilk.dirt))
        let taken = try MakerBark(
            ink: vault.ink, art: vault.art, rate: ilk.rate, room: room, chop: ilk.parameters.chop,
            dust: ilk.parameters.dust)
        // Kick may refuse, so it goes first.
        let top = try startingPrice(i, level: 1)
        kicks += 1
        auctions.append(
            MakerAuction(
                id: kicks, ilk: vault.ilk, urn: urn, tab: taken.tab, lot: taken.dink, start: now, top: top))
        reward(ilk.parameters.auction.incentive(tab: taken.tab))
        urns[urn].ink -= taken.dink
        urns[urn].art -= taken.dart
        ilks[i].art -= taken.dart
        vice += taken.due
        dirt += taken.tab
        ilks[i].dirt += taken.tab
        return kicks
    }

    /// The price of an auction now (ray) and whether it must be reset.
    ///
    /// - Throws: `MakerError` where the protocol refuses.
    public func status(_ id: Int32) throws(MakerError) -> (needsRedo: Bool, price: UInt256) {
        let auction = auctions[try place(of: id)]
        let rules = ilks[Int(auction.ilk)].parameters.auction
        return rules.status(top: auction.top, elapsed: now - auction.start)
    }

    /// Starts an auction anew from the present oracle price; the reward is only paid if what is left is worth it.
    ///
    /// - Throws: `MakerError` where the protocol refuses.
    public mutating func redo(_ id: Int32) throws(MakerError) {
        let place = try place(of: id)
        let auction = auctions[place]
        let i = Int(auction.ilk)
        guard ilks[i].stopped < 2 else { throw .stopped(ilks[i].stopped) }
        guard try status(id).needsRedo else { throw .cannotReset }
        let top = try startingPrice(i, level: 2)
        auctions[place].start = now
        auctions[place].top = top
        let feed = (ilks[i].oracle.current ?? .zero) * 1_000_000_000
        if auction.tab >= ilks[i].chost && auction.lot * feed >= ilks[i].chost {
            reward(ilks[i].parameters.auction.incentive(tab: auction.tab))
        }
    }

    /// Buys at most `amount` (wad) of an auction's collateral at no more than `maximum` (ray) each.
    ///
    /// - Throws: `MakerError` where the protocol refuses.
    @discardableResult
    public mutating func take(
        _ id: Int32, amount: UInt256, maximum: UInt256
    ) throws(MakerError) -> MakerSlice {
        let place = try place(of: id)
        let auction = auctions[place]
        let i = Int(auction.ilk)
        guard ilks[i].stopped < 3 else { throw .stopped(ilks[i].stopped) }
        let (needsRedo, price) = try status(id)
        guard !needsRedo else { throw .needsReset }
        guard price <= maximum else { throw .tooExpensive(price: price) }
        let slice = try MakerAuctionRules.slice(
            tab: auction.tab, lot: auction.lot, amount: amount, price: price, chost: ilks[i].chost)
        guard slice.owe <= holdersDai else { throw .notEnoughDai }
        holdersDai -= slice.owe
        vowDai += slice.owe
        let cleared = slice.lotLeft.isZero ? auction.tab : slice.owe
        dirt -= cleared
        ilks[i].dirt -= cleared
        if slice.lotLeft.isZero || slice.tabLeft.isZero {
            urns[auction.urn].returned += slice.lotLeft
            auctions.swapAt(place, auctions.count - 1)
            auctions.removeLast()
        } else {
            auctions[place].tab = slice.tabLeft
            auctions[place].lot = slice.lotLeft
        }
        return slice
    }

    private func place(of id: Int32) throws(MakerError) -> Int {
        guard let place = auctions.firstIndex(where: { $0.id == id }) else { throw .noSuchAuction(id) }
        return place
    }

    private func startingPrice(_ ilk: Int, level: Int) throws(MakerError) -> UInt256 {
        guard ilks[ilk].stopped < level else { throw .stopped(ilks[ilk].stopped) }
        guard let price = ilks[ilk].oracle.current else { throw .invalidPrice }
        let top = ilks[ilk].parameters.auction.top(oraclePrice: price)
        guard !top.isZero else { throw .zeroTopPrice }
        return top
    }

    /// Pays a keeper out of new unbacked debt.
    private mutating func reward(_ coin: UInt256) {
        vice += coin
        holdersDai += coin
    }
}
