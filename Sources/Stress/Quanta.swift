import Clearing
import Desk
import Primitives
import RealModule

/// The lot and the tick a market is counted in on a stress ledger: fine enough that money is exact, coarse enough for whole
/// numbers of 64 (money, lots) and 31 bits (prices).
///
/// A lot is 10^-lotPlaces coins (of an inverse market contracts), a tick 10^-tickPlaces dollars; a lot and a tick make a whole
/// number of ledger units, lotPlaces + tickPlaces ≤ ledgerPlaces. Sizes keep every figure they were written with unless a tick
/// would be coarser than a ten-millionth of the price; then sizes are rounded, by a ten-thousandth of the smallest at most, and that is said.
struct Quanta {
    var lotPlaces: Int
    var tickPlaces: Int
    var roundsSizes = false
    /// The lowest tick: what is owed in coins grows without bound as the price of an inverse contract goes to zero.
    private var lowest = 1

    private static let mostTicks = 2_000_000_000

    /// - Parameter room: prices are counted up to this multiple of the mark.
    init(linear sizes: some Sequence<Exact>, mark: Double, ledgerPlaces: Int, room: Double) {
        let written = sizes.reduce(0) { max($0, $1.places) }
        let most = Self.tickPlaces(mark * room)
        let least = min(most, Int(Double.log10(1e7 / mark).rounded(.up)))
        // The smallest size is never rounded by more than a ten-thousandth.
        let smallest = sizes.filter { !$0.isZero }.map { $0.magnitude.double }.min() ?? 1
        let needed = Int((-Double.log10(smallest * 2e-4)).rounded(.up))
        lotPlaces = min(written, max(ledgerPlaces - least, needed))
        roundsSizes = lotPlaces < written
        tickPlaces = min(most, ledgerPlaces - lotPlaces)
    }

    /// Of collateral: a tick of at most a hundred-thousandth of the price, and what is left for lots.
    init(collateral amounts: some Sequence<Exact>, mark: Double, ledgerPlaces: Int, room: Double) {
        let most = Self.tickPlaces(mark * room)
        let least = min(most, Int(Double.log10(1e5 / mark).rounded(.up)))
        let written = amounts.reduce(0) { max($0, $1.places) }
        lotPlaces = min(written, ledgerPlaces - least)
        roundsSizes = lotPlaces < written
        tickPlaces = min(most, ledgerPlaces - lotPlaces)
    }

    init(inverse sizes: some Sequence<Exact>, contract: Double, mark: Double, ledgerPlaces: Int, room: Double)
    {
        lotPlaces = min(6, sizes.reduce(0) { max($0, $1.places) })
        // The debt of a lot at a price of one tick stays below 10^18 units.
        let most = 18 - ledgerPlaces - Int(Double.log10(contract).rounded(.up)) + lotPlaces
        tickPlaces = min(Self.tickPlaces(mark * room), most)
        lowest = max(1, Int((mark * ticksPerUSD / 100).rounded(.down)))
    }

    private static func tickPlaces(_ highest: Double) -> Int {
        Int(Double.log10(Double(mostTicks) / highest).rounded(.down))
    }

    func ticks(_ price: Exact) -> Ticks? {
        guard let units = price.units(tickPlaces), (1...Int64(Self.mostTicks)).contains(units.value) else {
            return nil
        }
        return Ticks(Int32(units.value))
    }
    /// The tick of a price that may lie beyond what can be counted: then the first or the last.
    func nearest(_ price: Exact) -> Ticks {
        guard let ticks = ticks(price) else {
            return price < Exact(digits: 1, places: tickPlaces) ? Ticks(lowest) : Ticks(Self.mostTicks)
        }
        return max(ticks, Ticks(lowest))
    }
    func nearest(_ usd: Double) -> Ticks {
        Ticks(Int(min(max((usd * ticksPerUSD).rounded(), Double(lowest)), Double(Self.mostTicks))))
    }
    /// Ticks in a dollar.
    var ticksPerUSD: Double { Exact(digits: 1, places: -tickPlaces).double }
    /// Whether a tick is at most a thousandth of the price.
    func isFine(at mark: Double) -> Bool { mark * ticksPerUSD >= 1000 }
    static var maxTicks: Int32 { Int32(mostTicks) }
}

/// 10^n, n from 0 to 18.
func power(_ n: Int) -> Int64 { (0..<n).reduce(1) { value, _ in value * 10 } }

/// a × b / c in units of 10^-places, towards zero; nil beyond 64 bits or where c is zero.
func quotient(_ a: Exact, _ b: Exact, _ c: Exact, places: Int) -> Int64? {
    guard !c.isZero else { return nil }
    let numerator = a * b
    // Digits of the quotient: raised until the division leaves them all, at most what 128 bits hold.
    var raised = places + c.places - numerator.places
    var digits = numerator.digits
    var divisor = c.digits
    while raised > 0 {
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        if overflow { break }
        digits = product
        raised -= 1
    }
    while raised > 0 {
        divisor /= 10
        raised -= 1
        if divisor == 0 { return nil }
    }
    var result = digits / divisor
    while raised < 0 {
        result /= 10
        raised += 1
    }
    return Int64(exactly: result)
}
