import Foundation

/// Three significant figures or one decimal, whichever says more; whole from a thousand on.
func rounded(_ x: Double) -> String {
    guard x.isFinite else { return "\(x)" }
    let magnitude = abs(x)
    if magnitude >= 1000 { return String(format: "%.0f", x) }
    if magnitude == 0 { return "0.0" }
    var (places, factor, least) = (1, 10.0, 10.0)
    while magnitude < least && places < 9 { (places, factor, least) = (places + 1, factor * 10, least / 10) }
    return "\((x * factor).rounded() / factor)"
}
