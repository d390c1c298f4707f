/// Three significant figures or one decimal, whichever says more.
func rounded(_ x: Double) -> String {
    guard x.isFinite else { return "\(x)" }
    let magnitude = abs(x)
    let places = magnitude >= 10 || magnitude == 0 ? 1 : magnitude >= 1 ? 2 : 3
    let factor = [1.0, 10, 100, 1000][places]
    return "\((x * factor).rounded() / factor)"
}
