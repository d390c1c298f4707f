import Primitives

/// What one bark would take from an urn.
public struct MakerBark: Sendable, Equatable {
    /// Normalised debt taken, wad.
    public var dart: UInt256
    /// Collateral taken, wad.
    public var dink: UInt256
    /// dart × rate: what becomes the system's debt, rad.
    public var due: UInt256
    /// due × chop: what the auction must raise, rad.
    public var tab: UInt256

    /// How much of an unsafe urn goes to auction.
    ///
    /// dart = min(art, room / rate / chop). If what stays behind would be dusty everything goes, even beyond the room;
    /// otherwise the part that goes must not be dusty itself. Source: dss, src/dog.sol (deployed version).
    ///
    /// - Parameters: `ink`, `art` wad; `rate` ray; `room`, `dust` rad; `chop` wad (1.13 is a penalty of 13 %).
    /// - Throws: `MakerError` where the vault may not be sent to auction.
    public init(
        ink: UInt256, art: UInt256, rate: UInt256, room: UInt256, chop: UInt256, dust: UInt256
    ) throws(MakerError) {
        guard !room.isZero, !art.isZero else { throw .liquidationLimitHit }
        dart = min(art, room.mulDivDown(.wad, rate) / chop)
        if art > dart {
            if (art - dart) * rate < dust {
                dart = art
            } else if dart * rate < dust {
                throw .dustyAuctionFromPartialLiquidation
            }
        }
        dink = ink.mulDivDown(dart, art)
        guard !dink.isZero else { throw .nullAuction }
        due = dart * rate
        tab = due.mulDivDown(chop, .wad)
    }
}

/// What Maker's contracts refuse.
public enum MakerError: Error, Equatable, Sendable {
    case unknownUrn(Int32)
    /// Beyond 128 bits.
    case amountTooLarge
    case notEnoughCollateral
    case notEnoughDebt
    /// The urn's debt would exceed ink × spot.
    case notSafe
    /// The urn would owe less than the ilk's dust.
    case urnDusty
    case debtCeilingExceeded
    /// The urn is safe, or the ilk has no price.
    case notUnsafe
    case liquidationLimitHit
    case dustyAuctionFromPartialLiquidation
    case nullAuction
    /// The circuit breaker stands at this level.
    case stopped(Int)
    /// The oracle has no price.
    case invalidPrice
    case zeroTopPrice
    case noSuchAuction(Int32)
    case needsReset
    case cannotReset
    /// The price (ray) is above what the buyer would pay.
    case tooExpensive(price: UInt256)
    case noPartialPurchase
    case zeroPrice
    /// Nobody holds this much DAI.
    case notEnoughDai
}
