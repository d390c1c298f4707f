/// Decimal text as a whole number of units of 10^-`decimals`, exactly.
///
/// - Parameters:
///   - bytes: an optional sign, digits, at most one point, at least one digit; no exponent, no spaces.
///   - decimals: 0...18; digits beyond them are allowed only if they are zero.
/// - Returns: nil for anything else and for a value outside Int64.
public func parseDecimal(_ bytes: some Collection<UInt8>, decimals: Int) -> Int64? {
    var value: Int64 = 0
    var negative = false
    var digits = 0
    /// Digits after the point so far; nil before it.
    var fraction: Int?
    for (i, c) in bytes.enumerated() {
        switch c {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            digits += 1
            if let seen = fraction {
                fraction = seen + 1
                if seen >= decimals {
                    guard c == UInt8(ascii: "0") else { return nil }
                    continue
                }
            }
            guard let longer = appending(Int64(c) - 48, to: value, negative) else { return nil }
            value = longer
        case UInt8(ascii: ".") where fraction == nil: fraction = 0
        case UInt8(ascii: "-") where i == 0: negative = true
        case UInt8(ascii: "+") where i == 0: break
        default: return nil
        }
    }
    guard digits > 0 else { return nil }
    for _ in min(fraction ?? 0, decimals)..<max(decimals, 0) {
        guard let longer = appending(0, to: value, negative) else { return nil }
        value = longer
    }
    return value
}

/// `value` with one more digit, or nil if it leaves Int64. A negative value is built downwards, so that the
/// smallest one can be reached.
private func appending(_ digit: Int64, to value: Int64, _ negative: Bool) -> Int64? {
    let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
    guard !overflow else { return nil }
    let (sum, tooLarge) =
        negative ? ten.subtractingReportingOverflow(digit) : ten.addingReportingOverflow(digit)
    return tooLarge ? nil : sum
}

/// Decimal text as the nearest finite float, for price paths; never for a ledger.
///
/// An exponent is allowed, because venues write small prices as `1e-05`; `nan`, `inf`, hexadecimal, spaces
/// and
/// values too large for a float are not.
public func parseDouble(_ bytes: some Collection<UInt8>) -> Double? {
    guard bytes.count <= 64, bytes.contains(where: { $0 >= 48 && $0 <= 57 }),
        bytes.allSatisfy({ ($0 >= 48 && $0 <= 57) || "+-.eE".utf8.contains($0) }),
        let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
}
