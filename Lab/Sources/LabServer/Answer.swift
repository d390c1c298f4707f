import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import NIOCore
import Primitives

/// Answers as JSON, and errors in words.
enum Answer {
    typealias Context = BasicRequestContext
    /// A request may not be larger.
    static let mostBytes = 64 * 1024

    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: Guard<Context>.headers(type: "application/json"),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    /// What went wrong, as the command line says it.
    struct Wrong: Codable {
        var error: String
        var file: String?
        var key: String?
        var found: String?
        var allowed: String?
        var nearest: String?
    }

    static func wrong(_ text: String, _ status: HTTPResponse.Status) throws -> Response {
        try json(Wrong(error: text), status: status)
    }

    /// Turns what is thrown into an answer; our own bugs become 500 without their text.
    static func answering(_ work: () async throws -> Response) async throws -> Response {
        do { return try await work() } catch let error as InputError {
            return try json(
                Wrong(
                    error: "\(error)", file: error.file, key: error.key, found: error.found,
                    allowed: error.allowed, nearest: error.nearest), status: .unprocessableContent)
        } catch let error as Lab.Refusal {
            return try wrong(error.text, .conflict)
        } catch let error as HTTPError {
            return try wrong(error.body ?? "\(error.status)", error.status)
        } catch is DecodingError {
            return try wrong("the body is not the JSON that /openapi.json describes", .badRequest)
        }
    }

    /// The body as JSON; nothing where there is none.
    static func body<T: Decodable>(_ request: Request, _ type: T.Type) async throws -> T {
        let buffer = try await request.body.collect(upTo: mostBytes)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(buffer.readableBytesView)
        return try decoder.decode(type, from: data.isEmpty ? Data("{}".utf8) : data)
    }
}
