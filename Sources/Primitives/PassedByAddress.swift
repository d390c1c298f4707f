import Synchronization

/// Held by large noncopyable structs, so that lending one to a function passes its address.
///
/// Without it the compiler may load such a struct and spill it to the stack for every borrowed call: the clearing house,
/// 840 bytes, five times in one look at one account. An atomic has an address by definition, and so has what holds it.
public struct PassedByAddress: ~Copyable, Sendable {
    private let place = Atomic<UInt8>(0)
    public init() {}
}
