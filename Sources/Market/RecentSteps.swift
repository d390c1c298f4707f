import Primitives

/// A value by asset for each of the last steps, in blocks of a minute: a copy of the world shares the blocks that neither goes
/// on to change, so that keeping many moments keeps an hour once.
struct RecentSteps<Value: BitwiseCopyable> {
    private var values: [[Value]]

    /// - Parameter steps: how many are remembered, a multiple of sixty.
    init(_ value: Value, assets: Int, steps: Int) {
        let length = RecentPlace.block
        values = Array(repeating: Array(repeating: value, count: assets * length), count: steps / length)
    }

    subscript(_ place: RecentPlace) -> Value {
        get { values[place.block][place.at] }
        set { values[place.block][place.at] = newValue }
    }
}

/// Where an asset's value of a step stands.
struct RecentPlace {
    static var block: Int { 60 }
    var block: Int
    var at: Int

    /// - Parameter steps: how many are remembered.
    @inline(__always) init(_ a: AssetID, _ step: Int, of steps: Int) {
        let recent = step % steps
        block = recent / Self.block
        at = a.index * Self.block + recent % Self.block
    }
}
