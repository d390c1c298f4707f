/// Faults that were there when a rule came, by name: none may be added, and one that shrinks is written down smaller.
struct Ratchet {
    let known: [String: Int]

    /// What is new or has grown.
    func faults(_ found: [String: Int]) -> [String] {
        found.filter { $0.value > known[$0.key, default: 0] }.map {
            "\($0.key): \($0.value), allowed \(known[$0.key, default: 0])"
        }.sorted()
    }

    /// What has shrunk or is gone, and must be written down so.
    func slack(_ found: [String: Int]) -> [String] {
        known.filter { $0.value > found[$0.key, default: 0] }.map {
            "\($0.key): now \(found[$0.key, default: 0]), written down as \($0.value)"
        }.sorted()
    }
}
