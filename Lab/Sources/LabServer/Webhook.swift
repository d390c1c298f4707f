import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Tells an address of an alert.
enum Webhook {
    /// - Returns: nil where it was taken, or why not.
    static func post(_ url: URL, _ body: Data) async -> String? {
        var request = URLRequest(url: url, timeoutInterval: 5)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = body
        do {
            let (_, answer) = try await URLSession.shared.data(for: request)
            let status = (answer as? HTTPURLResponse)?.statusCode ?? 0
            return (200..<300).contains(status) ? nil : "\(url.host ?? ""): status \(status)"
        } catch { return "\(url.host ?? ""): \(error.localizedDescription)" }
    }
}
