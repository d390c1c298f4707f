import Foundation
import LabFeeds

/// Tells an address of an alert.
enum Webhook {
    /// - Returns: nil where it was taken, or why not.
    static func post(_ url: URL, _ body: Data) async -> String? {
        do {
            let status = try await HTTPCall.ask(url, body: body, mostBytes: 1 << 16).status
            return (200..<300).contains(status) ? nil : "\(url.host ?? ""): status \(status)"
        } catch { return "\(url.host ?? ""): \(error)" }
    }
}
