import Foundation
import Testing

/// Reads the sources: whoever adds a stored property to anything under the world must copy it and hash it, or say here why
/// not.
///
/// A type with `init(copying:)` names every stored property in it. A type with `stateHash` or `combine…(into:)` names every
/// stored `var` in these, or it is listed below with its reason.
@Suite struct StateListTests {
    private static let rooms = [
        "Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", "Lending", "LendingMarkets", "Agents",
        "Market",
    ]

    /// What is not hashed, by type.
    private static let unhashed: [String: [String: String]] = [
        "OrderBook": [
            "levels": "sums over the orders", "occupied": "which prices hold orders",
            "usedPages": "where memory may be given back",
            "keptLevels": "the levels of a kept copy", "isKept": "how it is kept, not what",
            "preTouched": "keeps loads ahead of use from being removed",
        ],
        "TwinnedBook": ["slowEvents": "scratch"],
        "Arbitrageurs": ["parameters": byChange],
        "BackgroundFlow": ["parameters": byChange, "turnover": byChange],
        "RestingFlow": ["parameters": byChange, "turnover": byChange],
        "MarketMakers": ["parameters": byChange],
        "PositionOpeners": ["parameters": byChange],
        "ClearingHouse": [
            "table": byChange,
            "positionsByMarket": "the positions by market, in order of opening",
            "auditedTotal": "the running audit: said again by the balances",
            "auditedLots": "the running audit", "auditedPositions": "the running audit",
            "units": "written once", "collateralShares": "written once", "numbers": "written once",
            "drained": "scratch", "preTouched": "keeps loads ahead of use",
            "houseVersion": "says when a cache is old", "dropsTriggers": "breaks the index for a test",
            "wakesWrongly": "breaks it for a test",
            "marginChecks": "counts work done, which is not part of the world", "wakes": "counts work done",
            "deleveragingCapHit": "counts what is reported", "events": "in the metrics' running hash",
            "watchedAccount": "a story is told of the same run", "accountNotes": "told, not looked at",
            "deleveragingNotes": "told, not looked at",
        ],
        "TriggerLadder": [
            "heads": "said by `filed` of the positions", "fill": "said by `filed`",
            "buckets": "written once", "keptHeads": "heads and fill of a kept copy",
            "isKept": "how it is kept, not what",
        ],
        "Venue": [
            "waterfallRatios": byChange,
            "orderHeads": "the newest of the links by position", "bookEvents": "scratch",
            "knownFund": "a cache", "knownFundVersion": "a cache", "failing": "scratch",
            "usesFullScan": "a way of checking", "lastOrderValue": "of the order being executed",
            "absorber": "of stress tests, no world has one",
        ],
        "BookSleepers": [
            "side": "written once", "blocks": "follow from the sleepers", "seen": "begun anew at every step",
        ],
        "SpotVenue": [
            "units": "written once", "makerFees": "written once", "takerFees": "written once",
            "events": "scratch",
        ],
        "AavePool": [
            "positions": "read as scaledBalances", "income": "the reserves' indices at now",
            "debtIndex": "the reserves' indices at now",
        ],
        "CompoundV2": ["markets": "read as market(_:)", "positions": "read as tokens and balances"],
        "CometMarket": ["principals": "read as principal(of:)"],
        "MakerLiquidations": ["urns": "read as urn(_:)"],
        "MorphoMarket": ["positions": "read as position(_:)"],
        "LendingMarkets": [
            "usesFullScan": "a way of checking", "worstImbalance": "zero, or a bug",
            "blocksChecked": "counts work done",
        ],
        "MarketFeeds": ["hasMoved": "made anew at every look"],
        "AaveBorrowers": ["search": "an index over the pool: when somebody is looked at, not what is found"],
        "CompoundV2Borrowers": ["search": "an index over the pool"],
        "CometBorrowers": ["search": "an index over the market"],
        "MakerVaults": ["search": "an index over the vaults"],
        "MorphoRoom": ["search": "an index over the market"],
        "LendingSide": ["prices": "scratch", "worstOfAccounts": "zero, or a bug"],
        "Exchanges": ["threads": "how fast, not what", "largestFirst": "how fast, not what"],
        "MakerLadder": [
            "refusals": "told to the makers"
        ],
        "MarkUpdates": ["perpetual": "made anew at every step"],
        "World": [
            "end": "where a run stops does not change the way there", "minuteEnded": "said by the clock",
            "usesFullScan": "a way of checking", "parts": "wall time",
            "threads": "how fast, not what",
        ],
    ]
    private static let byChange = "changed only by a `WorldChange`, whose text the world hashes"
    /// Types that are copied and have no hash of their own.
    private static let hashedByOthers: [String: String] = [
        "Pool": "its owner hashes the elements", "Buffer": "its owner", "FixedArray": "its owner",
        "PriceBitmap": "which prices hold orders", "NaiveBook": "held against the fast book",
        "MarginTable": "written once", "LendingTriggers": "an index", "TriggerBuckets": "an index",
        "BorrowerSearch": "an index",
    ]

    /// Not part of the world of all venues.
    private static let elsewhere: Set<String> = ["World"]

    private struct Declared {
        var stored: [(name: String, isVar: Bool)] = []
        var copying = ""
        var hashing = ""
        var canCopy = false
        var canHash = false
    }

    @Test func everythingIsCopiedAndHashed() throws {
        let types = try Self.read()
        #expect(types.count { $0.value.canCopy } >= 30, "the reader finds the copies")
        #expect(types.count { $0.value.canHash } >= 40, "the reader finds the hashes")
        for (name, type) in types.sorted(by: { $0.key < $1.key }) where !Self.elsewhere.contains(name) {
            if type.canCopy {
                #expect(!type.stored.isEmpty, "\(name) has stored properties")
                // A pool takes its memory by its other `init`.
                for stored in type.stored where name != "Pool" && stored.name != "byAddress" {
                    #expect(
                        Self.hasWord("\(stored.name) = ", in: type.copying),
                        "\(name).\(stored.name) is not copied")
                }
                #expect(
                    type.canHash || Self.hashedByOthers[name] != nil, "\(name) is copied and not hashed")
            }
            guard type.canHash else { continue }
            let listed = Self.unhashed[name] ?? [:]
            for stored in type.stored where stored.isVar {
                let isHashed = Self.hasWord(stored.name, in: type.hashing)
                #expect(
                    isHashed != (listed[stored.name] != nil),
                    "\(name).\(stored.name) is \(isHashed ? "hashed and listed as not" : "not hashed")")
            }
            for property in listed.keys {
                #expect(type.stored.contains { $0.name == property }, "\(name) has no \(property)")
            }
        }
        for name in Array(Self.unhashed.keys) + Self.hashedByOthers.keys {
            #expect(types[name] != nil, "\(name) is gone")
        }
    }

    private static func hasWord(_ word: String, in text: String) -> Bool {
        var rest = text[...]
        while let found = rest.range(of: word) {
            let before =
                found.lowerBound == rest.startIndex ? " " : rest[rest.index(before: found.lowerBound)]
            let after = found.upperBound == rest.endIndex ? " " : rest[found.upperBound]
            let isWhole = !(before.isLetter || before.isNumber || before == "_" || before == ".")
            if isWhole && (word.hasSuffix(" ") || !(after.isLetter || after.isNumber || after == "_")) {
                return true
            }
            rest = rest[found.upperBound...]
        }
        return false
    }

    private static func read() throws -> [String: Declared] {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources")
        var types: [String: Declared] = [:]
        for room in rooms {
            let files = FileManager.default.enumerator(
                at: sources.appendingPathComponent(room), includingPropertiesForKeys: nil)!
            for case let file as URL in files where file.pathExtension == "swift" {
                read(try String(contentsOf: file, encoding: .utf8), into: &types)
            }
        }
        return types
    }

    /// Our sources are formatted: what a type declares is indented once more than the type, and it ends with a brace at the
    /// type's own indentation.
    private static func read(_ text: String, into types: inout [String: Declared]) {
        var open: [(indent: Int, name: String)] = []
        var body: (indent: Int, isCopy: Bool)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.prefix { $0 == " " }.count
            let code = line.dropFirst(indent)
            if code.hasPrefix("//") || code.isEmpty { continue }
            if let function = body {
                if indent <= function.indent && code.hasPrefix("}") { body = nil }
                add(String(code), to: open.last!.name, isCopy: function.isCopy, &types)
                continue
            }
            while let last = open.last, indent <= last.indent, code.hasPrefix("}") || !code.hasPrefix("@") {
                if indent == last.indent && !code.hasPrefix("}") { break }
                open.removeLast()
                if indent == last.indent { break }
            }
            if let match = code.firstMatch(
                of:
                    /^(?:public |private |package |internal |fileprivate )*(?:final )?(?:struct|class|extension) ([\w.]+)/
            ),
                code.hasSuffix("{")
            {
                let outer = open.last.map { $0.name + "." } ?? ""
                open.append((indent, outer + match.1))
                continue
            }
            guard let type = open.last, indent == type.indent + 4 else { continue }
            let isCopy = code.contains("init(copying ")
            if isCopy || code.contains(/func (stateHash\(\)|combine\w*\(into)/) {
                add(String(code), to: type.name, isCopy: isCopy, &types)
                if !code.hasSuffix("}") { body = (indent, isCopy) }
            } else if let match = code.firstMatch(
                of:
                    /^(?:@[\w()]+ )*(?:(?:public|private|package|internal|fileprivate)(?:\(set\))? )*(let|var) (\w+)/
            ) {
                let rest = code[match.range.upperBound...]
                let brace = rest.firstIndex(of: "{")
                let equals = rest.firstIndex(of: "=")
                let isComputed = brace.map { brace in equals.map { brace < $0 } ?? true } ?? false
                if !isComputed {
                    types[type.name, default: Declared()].stored.append((String(match.2), match.1 == "var"))
                }
            }
        }
    }

    private static func add(
        _ code: String, to name: String, isCopy: Bool, _ types: inout [String: Declared]
    ) {
        if isCopy {
            types[name, default: Declared()].canCopy = true
            types[name]!.copying += code + "\n"
        } else {
            types[name, default: Declared()].canHash = true
            types[name]!.hashing += code + "\n"
        }
    }
}
