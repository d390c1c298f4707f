/// What a venue has done so far.
public struct VenueCounts: Sendable, Hashable {
    public var orders = 0
    public var cancels = 0
    public var refused = 0
    public var fills = 0
    public var liquidationOrders = 0
    /// Orders cancelled because a fill would have left their account without the margin the venue asks for.
    public var cancelledForMargin = 0
    /// Steps in which accounts kept failing until the cap on rounds.
    public var liquidationRoundCapHit = 0
}
