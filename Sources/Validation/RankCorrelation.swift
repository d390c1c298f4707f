/// Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of theirs. Nil for fewer than three
/// pairs or if one side does not vary.
public func rankCorrelation(_ x: [Double], _ y: [Double]) -> Double? {
    guard x.count == y.count, x.count >= 3 else { return nil }
    let (a, b) = (ranks(x), ranks(y))
    let mean = Double(a.count + 1) / 2
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for i in a.indices {
        ab += (a[i] - mean) * (b[i] - mean)
        aa += (a[i] - mean) * (a[i] - mean)
        bb += (b[i] - mean) * (b[i] - mean)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : nil
}

private func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var result = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
        var end = start
        while end + 1 < order.count && values[order[end + 1]] == values[order[start]] { end += 1 }
        for i in start...end { result[order[i]] = Double(start + end) / 2 + 1 }
        start = end + 1
    }
    return result
}
