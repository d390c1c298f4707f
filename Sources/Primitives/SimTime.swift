/// A moment of simulated time: nanoseconds since 1970-01-01 UTC. Never the wall clock.
@frozen
public struct SimTime: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    @inlinable public init(milliseconds: Int64) { nanoseconds = milliseconds * 1_000_000 }
    @inlinable public init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

    @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }
    @inlinable public var seconds: Int64 { nanoseconds / 1_000_000_000 }

    @inlinable public static func < (a: SimTime, b: SimTime) -> Bool { a.nanoseconds < b.nanoseconds }
    @inlinable public func adding(seconds: Double) -> SimTime {
        SimTime(nanoseconds: nanoseconds + Int64(seconds * 1e9))
    }
    /// Seconds from `earlier` to this moment.
    @inlinable public func seconds(since earlier: SimTime) -> Double {
        Double(nanoseconds - earlier.nanoseconds) / 1e9
    }
}

extension SimTime: CustomStringConvertible {
    /// UTC ISO 8601 to the second, e.g. `2025-10-10T21:16:04Z`.
    public var description: String {
        let (days, secondOfDay) = seconds.flooredQuotientAndRemainder(86_400)
        let (y, m, d) = SimTime.civil(daysSince1970: days)
        let (hour, rest) = (secondOfDay / 3600, secondOfDay % 3600)
        return "\(y)-\(pad(m))-\(pad(d))T\(pad(hour)):\(pad(rest / 60)):\(pad(rest % 60))Z"
    }

    /// Parses `YYYY-MM-DDTHH:MM[:SS]Z`; nil for anything else, including a date that does not exist and
    /// years outside 1970 to 2261, which nanoseconds in 64 bits do not reach.
    public init?(iso8601 text: some StringProtocol) {
        let b = Array(text.utf8)
        guard b.count == 20 || b.count == 17, b.last == UInt8(ascii: "Z") else { return nil }
        func number(_ from: Int, _ length: Int) -> Int64? {
            var value: Int64 = 0
            for c in b[from..<(from + length)] {
                guard c >= 48, c <= 57 else { return nil }
                value = value * 10 + Int64(c - 48)
            }
            return value
        }
        guard b[4] == UInt8(ascii: "-"), b[7] == UInt8(ascii: "-"), b[10] == UInt8(ascii: "T"),
            b[13] == UInt8(ascii: ":"), b.count == 17 || b[16] == UInt8(ascii: ":"),
            let y = number(0, 4), let m = number(5, 2), let d = number(8, 2), let h = number(11, 2),
            let min = number(14, 2), let s = b.count == 17 ? 0 : number(17, 2),
            (1970...2261).contains(y), (1...12).contains(m), (1...31).contains(d), h < 24, min < 60, s < 60
        else { return nil }
        let days = SimTime.daysSince1970(y, m, d)
        guard SimTime.civil(daysSince1970: days) == (y, m, d) else { return nil }
        self.init(seconds: days * 86_400 + h * 3600 + min * 60 + s)
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (years counted from March).
    static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(daysSince1970 days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

private func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(_ divisor: Int64) -> (Int64, Int64) {
        let (q, r) = quotientAndRemainder(dividingBy: divisor)
        return r < 0 ? (q - 1, r + divisor) : (q, r)
    }
}
