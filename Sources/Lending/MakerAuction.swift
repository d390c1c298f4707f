import Primitives

/// One running collateral auction.
public struct MakerAuction: Sendable, Equatable, BitwiseCopyable {
    /// Ascending from 1; never used again.
    public var id: Int32
    public var ilk: Int32
    /// The liquidated urn, which gets back what is left of the lot.
    public var urn: Int32
    /// DAI still to raise, rad.
    public var tab: UInt256
    /// Collateral still for sale, wad.
    public var lot: UInt256
    /// Start, seconds.
    public var start: Int64
    /// Starting price, ray.
    public var top: UInt256
}

/// How a Clipper sells the collateral of one ilk.
public struct MakerAuctionRules: Sendable {
    public var curve: AuctionCurve
    /// Starting price over the oracle price, ray.
    public var buf: UInt256
    /// Seconds after which an auction needs a reset.
    public var tail: Int64
    /// Price over starting price below which it does, ray.
    public var cusp: UInt256
    /// Share of the tab for whoever starts or resets an auction, wad.
    public var chip: UInt256
    /// Flat reward for the same, rad.
    public var tip: UInt256

    public init(
        curve: AuctionCurve, buf: UInt256, tail: Int64, cusp: UInt256, chip: UInt256 = .zero,
        tip: UInt256 = .zero
    ) {
        self.curve = curve
        self.buf = buf
        self.tail = tail
        self.cusp = cusp
        self.chip = chip
        self.tip = tip
    }

    /// The starting price for an oracle price (wad; one DAI worth one USD): price × 10^9 × buf, ray.
    public func top(oraclePrice: UInt256) -> UInt256 {
        (oraclePrice * 1_000_000_000).mulDivDown(buf, .ray)
    }

    /// tip + chip × tab, rad.
    public func incentive(tab: UInt256) -> UInt256 { tip + tab.mulDivDown(chip, .wad) }

    /// The price now and whether the auction must be reset before anything can be bought.
    public func status(top: UInt256, elapsed: Int64) -> (needsRedo: Bool, price: UInt256) {
        let price = curve.price(top: top, elapsed: UInt256(elapsed))
        return (elapsed > tail || price.mulDivDown(.ray, top) < cusp, price)
    }

    /// What buying at most `amount` (wad) costs and takes, by the rules of `take`.
    ///
    /// Never more than the tab is collected; what remains of the tab is either nothing or at least `chost`
    /// (rad), unless the lot is sold out.
    ///
    /// - Throws: `MakerError` where the auction would revert.
    public static func slice(
        tab: UInt256, lot: UInt256, amount: UInt256, price: UInt256, chost: UInt256
    ) throws(MakerError) -> MakerSlice {
        var slice = min(lot, amount)
        var owe = slice * price
        if owe > tab {
            owe = tab
            slice = owe / price
        } else if owe < tab && slice < lot && tab - owe < chost {
            guard tab > chost else { throw .noPartialPurchase }
            guard !price.isZero else { throw .zeroPrice }
            owe = tab - chost
            slice = owe / price
        }
        return MakerSlice(slice: slice, owe: owe, tabLeft: tab - owe, lotLeft: lot - slice)
    }
}

/// One purchase from an auction.
public struct MakerSlice: Sendable, Equatable {
    /// Collateral bought, wad.
    public var slice: UInt256
    /// DAI paid, rad.
    public var owe: UInt256
    public var tabLeft: UInt256
    public var lotLeft: UInt256

    public init(slice: UInt256, owe: UInt256, tabLeft: UInt256, lotLeft: UInt256) {
        self.slice = slice
        self.owe = owe
        self.tabLeft = tabLeft
        self.lotLeft = lotLeft
    }
}
