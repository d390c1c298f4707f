import Desk
import Foundation
import Primitives

/// The smallest change of one rule with which a limit holds in nearly all drawn paths, and what it costs.
public struct Recommendation: Sendable, Encodable {
    /// What is changed, as a multiple of what it is: 1 is the book as it is.
    public enum Lever: String, Sendable, Encodable, CaseIterable {
        /// Every fund.
        case fund
        /// Every rate and deduction of every margin table.
        case maintenance
        /// Every position: a cap on open interest that all share alike. Collateral stays.
        case openInterest = "open_interest"

        /// From the book as it is to as far as is looked.
        var farthest: Double { self == .fund ? 1_024 : self == .maintenance ? 16 : 0.01 }
    }
    public var lever: Lever
    public var limit: String
    /// Nil where the limit does not hold as far as was looked.
    public var multiple: Double?
    /// Share of paths in which the limit holds: with it, and as the book is.
    public var holdsInShare: Double?
    public var holdsTodayShare: Double
    /// Dollars: added to funds; maintenance margin asked for beyond today's; positions to be closed.
    public var costUsd: Double?
    /// Why no further multiple could be tried: a book in that size that no exact ledger can hold.
    public var refused: String?
    /// Accounts that would be liquidated at today's prices.
    public var accountsLiquidatedToday: Int?

    enum CodingKeys: String, CodingKey {
        case lever, limit, multiple, refused
        case holdsInShare = "holds_in_share"
        case holdsTodayShare = "holds_today_share"
        case costUsd = "cost_usd"
        case accountsLiquidatedToday = "accounts_liquidated_today"
    }

    /// For people.
    public var text: String {
        let today = String(format: "%.1f %% of paths today", holdsTodayShare * 100)
        let what =
            switch lever {
            case .fund: "funds"
            case .maintenance: "maintenance margins"
            case .openInterest: "open interest"
            }
        if multiple == 1 { return "\(limit), \(what): as they are; \(today)" }
        guard let multiple, let share = holdsInShare, let cost = costUsd else {
            return
                "\(limit), \(what): no multiple up to \(shortFigure(lever.farthest)) holds it; \(today)\(refused.map { "; " + $0 } ?? "")"
        }
        let price =
            switch lever {
            case .fund: "\(shortFigure(cost)) USD more in funds"
            case .maintenance:
                "\(shortFigure(cost)) USD more maintenance margin, \(accountsLiquidatedToday ?? 0) accounts liquidated at today's prices"
            case .openInterest: "\(shortFigure(cost)) USD of positions closed"
            }
        return String(
            format: "%@, %@ times %.3f: holds in %.1f %% of paths, in %@; %@", limit, what, multiple,
            share * 100, today,
            price)
    }

    /// Of the paths, in which a limit has to hold.
    public static let share = 0.99
    /// Between what holds and what does not, at the end.
    private static let precision = 1.02

    /// - Parameter build: the book with one rule changed.
    /// - Throws: `InputError` where a changed book cannot be built, `CancellationError` once the book's watch says so.
    public init(
        _ lever: Lever, limit: (figure: String, limit: Double), along paths: [StressPath],
        _ base: borrowing StressedBook,
        threads: Int = 1, build: (BookChange) throws(InputError) -> StressedBook
    ) throws {
        self.lever = lever
        self.limit = "\(limit.figure)=\(shortFigure(limit.limit))"
        let value = ReverseStress.figures[limit.figure]!
        func share(_ book: borrowing StressedBook) throws -> Double {
            let figures = try book.answers(
                paths.count, of: "\(lever.rawValue) on drawn paths", threads: threads
            ) {
                value(book.outcome(along: paths[$0], tells: false).outcome)
            }
            let held = figures.count { !ReverseStress.breaks(limit.figure, $0, limit.limit) }
            return Double(held) / Double(paths.count)
        }
        holdsTodayShare = try share(base)
        if holdsTodayShare >= Self.share {
            (multiple, holdsInShare, costUsd, accountsLiquidatedToday) = (1, holdsTodayShare, 0, 0)
            return
        }
        if lever == .fund && base.book.funds.allSatisfy({ $0.balance.isZero }) { return }
        var refusal: String?
        func holds(_ multiple: Double) throws -> Double {
            do { return try share(try build(BookChange(lever, multiple))) } catch let error as InputError {
                refusal = error.description
                return 0
            }
        }
        // From the book as it is by doubling, then halved between the last that fails and the first that holds.
        var (bad, good): (Double, Double?) = (1, nil)
        let step = lever.farthest > 1 ? 2.0 : 0.5
        var next = step
        while lever.farthest > 1 ? next <= lever.farthest : next >= lever.farthest {
            if try holds(next) >= Self.share {
                good = next
                break
            }
            bad = next
            next *= step
        }
        defer { refused = refusal }
        guard var good else { return }
        while max(good / bad, bad / good) > Self.precision {
            let middle = (good * bad).squareRoot()
            if try holds(middle) >= Self.share { good = middle } else { bad = middle }
        }
        multiple = good
        let changed = try build(BookChange(lever, good))
        holdsInShare = try share(changed)
        let still = Shock(name: "", moves: [:], others: .zero)
        func today(_ book: borrowing StressedBook) -> (liquidated: Int, maintenance: Double, fund: Double) {
            var maintenance = 0.0
            let outcome = book.outcome(still, each: { maintenance += $1.maintenanceUsd })
            return (outcome.accountsLiquidated, maintenance, outcome.fundLeftUsd + outcome.fundDrawUsd)
        }
        let (before, after) = (today(base), today(changed))
        accountsLiquidatedToday = after.liquidated
        switch lever {
        case .fund: costUsd = after.fund - before.fund
        case .maintenance: costUsd = after.maintenance - before.maintenance
        case .openInterest: costUsd = base.totalOpenUsd - changed.totalOpenUsd
        }
    }
}

/// One rule of a book in another size.
public struct BookChange: Sendable {
    public var fund = 1.0
    public var maintenance = 1.0
    public var positions = 1.0

    public init() {}

    public init(_ lever: Recommendation.Lever, _ multiple: Double) {
        switch lever {
        case .fund: fund = multiple
        case .maintenance: maintenance = multiple
        case .openInterest: positions = multiple
        }
    }
}
