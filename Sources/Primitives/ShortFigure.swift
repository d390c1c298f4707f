import Foundation

/// 12.3 bn, 4.50 M, 7: a figure of a sentence or an axis, to three figures, with the unit of its size.
public func shortFigure(_ value: Double) -> String {
    let size = abs(value)
    for (unit, suffix) in [(1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k")] where size >= unit {
        return threeFigures(value / unit) + suffix
    }
    return threeFigures(value)
}

private func threeFigures(_ value: Double) -> String {
    let places = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 10 ? 1 : 2
    let text = String(format: "%.\(places)f", value)
    return text == "-0" ? "0" : text
}
