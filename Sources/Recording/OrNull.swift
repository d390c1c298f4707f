/// A promised figure that some runs do not have: its key is there all the same, with null.
///
///     @OrNull var longShortRatio: Double?
@propertyWrapper
public struct OrNull<Value> {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension OrNull: Sendable where Value: Sendable {}
extension OrNull: Equatable where Value: Equatable {}

extension OrNull: Encodable where Value: Encodable {
    /// - Throws: what the value's own encoding does.
    public func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        if let wrappedValue { try single.encode(wrappedValue) } else { try single.encodeNil() }
    }
}

extension OrNull: Decodable where Value: Decodable {
    /// - Throws: `DecodingError` for a value of another kind.
    public init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        wrappedValue = single.decodeNil() ? nil : try single.decode(Value.self)
    }
}

extension KeyedDecodingContainer {
    /// A key that is not there is as good as null.
    ///
    /// - Throws: `DecodingError` for a value of another kind.
    public func decode<Value: Decodable>(_ type: OrNull<Value>.Type, forKey key: Key) throws -> OrNull<Value>
    {
        OrNull(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}
