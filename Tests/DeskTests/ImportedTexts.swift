import Foundation

@testable import Desk

/// Files with these texts, imported in their order into one book.
///
/// - Parameter names: of the files; they tell what some contents do not.
func imported(
    _ texts: [String], account: String? = "me", venue: String? = nil, symbol: String? = nil,
    names: [String] = []
) throws -> Import {
    var all = Import(account: account, symbol: symbol, venue: venue)
    for (i, text) in texts.enumerated() {
        let name = i < names.count ? names[i] : "import"
        let file = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)-\(name)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try all.add(file)
    }
    all.finish()
    return all
}
