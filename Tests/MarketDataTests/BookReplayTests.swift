import Primitives
import Testing

@testable import MarketData

struct LobsterReplayTests {
    /// Six messages from an empty book, and the states after them.
    private let messages = """
        34200.1,1,11,100,5000000,1
        34200.2,1,12,50,5000100,-1
        34200.3,1,13,30,5000000,1
        34200.4,4,11,40,5000000,1
        34200.5,2,13,10,5000000,1
        34200.6,3,12,50,5000100,-1

        """
    private let states = """
        9999999999,0,5000000,100
        5000100,50,5000000,100
        5000100,50,5000000,130
        5000100,50,5000000,90
        5000100,50,5000000,80
        9999999999,0,5000000,80

        """

    private func replay(
        _ messages: String, snapshot: String? = nil, expect: String? = nil, _ align: ReplayAlignment = .row
    ) throws -> BookReplayReport {
        try withFile(messages) { m in
            try withFile(snapshot ?? "-") { s in
                try withFile(expect ?? "-") { e in
                    try replayBook(
                        format: .lobster, messages: m, snapshot: snapshot == nil ? nil : s,
                        expect: expect == nil ? nil : e, align: align)
                }
            }
        }
    }

    private func reasons(_ report: BookReplayReport) -> [String: Int] {
        #expect(report.accepted + report.refused.map(\.count).reduce(0, +) == report.messages)
        return Dictionary(uniqueKeysWithValues: report.refused.map { ($0.reason, $0.count) })
    }

    @Test func everyStateAgreesBothWays() throws {
        for align in ReplayAlignment.allCases {
            let report = try replay(messages, expect: states, align)
            #expect(report.messages == 6 && report.accepted + report.refused.count == 6)
            #expect(
                report.differences == [] && report.statesDiffering == 0 && report.statesCompared == 6,
                "\(align)")
        }
    }

    @Test func timeThatGoesBackIsRefusedWithItsLine() throws {
        let back = messages.replacing("34200.3,", with: "34200.15,")
        #expect(inputError { _ = try replay(back) }?.line == 3)
        #expect(try replay(messages.replacing("34200.3,", with: "34200.2,")).messages == 6)
    }

    @Test func aWrongRowCountsOnceByRowAndTwiceByValue() throws {
        let wrong = states.replacing("5000100,50,5000000,130", with: "5000100,50,5000000,131")
        let byRow = try replay(messages, expect: wrong)
        #expect(byRow.statesDiffering == 1 && byRow.statesCompared == 6 && byRow.differences.count == 1)
        #expect(byRow.differences[0].contains("row 3"))
        #expect(try replay(messages, expect: wrong, .value).statesDiffering == 2)
    }

    @Test func byValueAMissingStateCountsOnceAndLaterOnesDoNot() throws {
        let rows = states.split(separator: "\n")
        let missing = (rows[..<2] + rows[3...]).joined(separator: "\n")
        let report = try replay(messages, expect: missing, .value)
        #expect(report.statesDiffering == 1 && report.statesCompared == 5)
        let repeated = rows.flatMap { [$0, $0] }.joined(separator: "\n")
        #expect(try replay(messages, expect: repeated, .value).statesDiffering == 0)
        let longer = try replay(messages, expect: states + "1,1,1,1\n2,2,1,1\n", .value)
        #expect(longer.statesDiffering == 0 && longer.statesCompared == 6 && longer.note != nil)
        let shorter = try replay(messages, expect: rows[..<4].joined(separator: "\n"), .value)
        #expect(shorter.statesDiffering == 0 && shorter.statesCompared == 4)
        #expect(try replay(messages, expect: "7,7,6,6\n8,8,7,7\n", .value).statesDiffering > 0)
    }

    @Test func rowOneIsAnonymousQuantity() throws {
        let text = """
            34200.1,1,11,100,5000000,1
            34200.2,3,5,60,5000100,-1
            34200.3,4,11,30,5000000,1
            34200.4,2,6,500,5000000,1
            34200.5,3,7,10,4999900,1
            34200.6,3,8,10,4990000,1

            """
        let expect = """
            5000100,100,5000000,100,5000200,10,4999900,10
            5000100,40,5000000,100,5000200,10,4999900,10
            5000100,40,5000000,70,5000200,10,4999900,10
            5000100,40,5000000,70,5000200,10,4999900,10
            5000100,40,5000000,70,5000200,10,9999999999,0
            5000100,40,5000000,70,5000200,10,9999999999,0

            """
        let report = try replay(text, expect: expect)
        #expect(report.differences == [] && report.statesCompared == 6 && report.statesDiffering == 0)
        #expect(
            reasons(report) == [
                "order must be live": 1, "size must not exceed what is left of the order": 1,
            ])
    }

    @Test func snapshotOrdersAreKnownAndContradictedOnesGo() throws {
        let snapshot = """
            1970-01-01 08:00:00.0,1,1,100,5000000,1
            1970-01-01 08:00:00.0,1,2,100,5000500,1
            1970-01-01 08:00:00.0,1,3,70,5001000,-1

            """
        let text = """
            34200.1,4,1,40,5000000,1
            34200.2,1,9,10,5000600,-1
            34200.3,2,3,20,5001000,-1
            34200.4,5,0,10,5000300,1
            34200.5,7,0,0,-1,-1

            """
        let expect = """
            5001000,70,5000000,60
            5000600,10,5000000,60
            5000600,10,5000000,60
            5000600,10,5000000,60
            5000600,10,5000000,60

            """
        let report = try replay(text, snapshot: snapshot, expect: expect)
        #expect(report.statesDiffering == 0 && report.statesCompared == 5 && report.accepted == 5)
        #expect(report.startOrders == 3 && report.startOrdersContradicted == 1)
    }

    @Test func everyRefusalHasItsReason() throws {
        let text = """
            34200.1,1,1,100,5000000,1
            34200.2,1,1,100,5000000,1
            34200.3,1,2,10,4999900,-1
            34200.4,4,1,101,5000000,1
            34200.5,1,3,0,5000000,1
            34200.6,1,4,10,0,1
            34200.7,1,5,10,9999999999,-1
            34200.8,1,6,9223372036854775807,4000000,1
            34200.9,3,99,10,5000000,1
            34201.0,4,1,10,5000000,-1
            34201.1,6,0,10,5000000,1

            """
        #expect(
            reasons(try replay(text)) == [
                "order number must be new": 1, "post-only must not cross": 1,
                "size must not exceed what is left of the order": 1, "size must be positive": 1,
                "price must be positive": 1, "price must not exceed market limit": 1,
                "size must not exceed market limit": 1, "order must be live": 1,
                "side and price must be the order's own": 1,
            ])
    }

    @Test(arguments: [
        "34200.1,1,1,100,5000000\n", "x,1,1,100,5000000,1\n", "34200.1,9,1,100,5000000,1\n", ",,,,,\n",
        "34200.1,1,1,100,5000000,2\n", "34200.1,1,1,1e3,5000000,1\n",
        "34200.1,1,1,99999999999999999999,1,1\n",
    ])
    func malformedLinesAreRefused(_ line: String) throws {
        #expect(inputError { _ = try replay("34200.0,1,1,100,5000000,1\n" + line) }?.line == 2)
    }

    @Test func emptyAndMalformedExpectationsAreRefused() throws {
        for expect in ["", "1,2,3\n", "a,1,1,1\n", "5,0,4,1\n", "5,-1,4,1\n", "5,1,6,1\n"] {
            for align in ReplayAlignment.allCases {
                #expect(inputError { _ = try replay(messages, expect: expect, align) } != nil, "\(expect)")
            }
        }
        #expect(inputError { _ = try replay("") } != nil)
        #expect(inputError { _ = try replay(messages, snapshot: "") } != nil)
    }

    @Test(
        .enabled(
            if: isHere(lobster + "37800000_message_50.csv.gz"), "needs ../shared/data beside the package"),
        arguments: [false, true])
    func recordedDayIsReproduced(withSnapshot: Bool) throws {
        let report = try replayBook(
            format: .lobster, messages: lobster + "37800000_message_50.csv.gz",
            snapshot: withSnapshot ? lobster + "57600000_START_OF_DAY_SNAPSHOT.csv.gz" : nil,
            expect: lobster + "57600000_orderbook_1.csv.gz", align: .value)
        #expect(report.messages == 91_997)
        #expect(reasons(report).values.reduce(0, +) < 100)
        #expect(report.statesCompared > 20_000)
        #expect(report.statesDiffering * 50 < report.statesCompared)
    }
}

struct BitstampReplayTests {
    private let header = "id,timestamp,exchange.timestamp,price,volume,action,direction\n"

    private func row(_ id: Int, _ price: String, _ volume: String, _ action: String, _ side: String) -> String
    {
        "\(id),1430438404518,1430438404000,\(price),\(volume),\(action),\(side)\n"
    }

    private func replay(_ text: String, expect: String? = nil) throws -> BookReplayReport {
        try withFile(text) { m in
            try withFile(expect ?? "-") { e in
                try replayBook(format: .bitstamp, messages: m, expect: expect == nil ? nil : e, align: .value)
            }
        }
    }

    @Test func crossingOrdersAreNotMatchedAgain() throws {
        let text =
            header + row(1, "236.50", "100", "created", "ask") + row(2, "236.60", "100", "created", "ask")
            + row(3, "236.55", "150", "created", "bid")  // takes all of 1, rests 50
            + row(3, "236.55", "50", "changed", "bid") + row(1, "236.50", "0", "deleted", "ask")
        let expect = "236.50,100,9999999999,0\n236.60,100,236.55,50\n"
        let file = try replay(text)
        #expect(file.messages == 5 && file.accepted == 5 && file.liveAtEnd == 2 && file.pendingAtEnd == 0)
        // With expected states their first row is the start; here the book starts empty, so it is the empty
        // one.
        let report = try replay(
            header + row(9, "1", "0", "deleted", "bid") + text.dropFirst(header.count),
            expect: "9999999999,0,-9999999999,0\n" + expect)
        #expect(report.differences == [] && report.statesDiffering == 0 && report.statesCompared == 3)
    }

    /// Row 1 of the states holds the order of event 1: later events change it, not the anonymous quantity beside it.
    @Test func theOrderOfTheFirstEventIsKnownFromThenOn() throws {
        let text =
            header + row(1, "236.50", "100", "created", "ask") + row(1, "236.50", "40", "changed", "ask")
        let alone = try replay(text, expect: "236.50,100,-9999999999,0\n236.50,40,-9999999999,0\n")
        #expect(alone.accepted == 2 && alone.statesCompared == 2 && alone.statesDiffering == 0)
        let beside = try replay(
            text + row(1, "236.50", "0", "deleted", "ask"),
            expect: "236.50,130,-9999999999,0\n236.50,70,-9999999999,0\n236.50,30,-9999999999,0\n")
        #expect(beside.accepted == 3 && beside.statesCompared == 3 && beside.differences == [])
        // More than row 1 holds at its price: the order is not in it.
        let more = try replay(text, expect: "236.50,90,-9999999999,0\n")
        #expect(more.refused.map(\.reason) == ["order must be live"])
    }

    @Test func marketableOrderThatFillsWholeNeverRests() throws {
        let text =
            header + row(1, "236.50", "100", "created", "bid") + row(2, "236.00", "40", "created", "ask")
            + row(2, "236.00", "0", "deleted", "ask") + row(1, "236.50", "60", "changed", "bid")
        let report = try replay(text)
        #expect(report.accepted == 4 && report.liveAtEnd == 1 && report.pendingAtEnd == 0)
    }

    @Test func growthAndMovesRequeueAndEveryRefusalHasItsReason() throws {
        let text =
            header + row(1, "236.50", "100", "created", "bid") + row(1, "236.50", "200", "changed", "bid")
            + row(1, "236.40", "200", "changed", "bid") + row(1, "236.40", "0", "changed", "bid")
            + row(2, "236.505", "100", "created", "bid") + row(3, "0", "100", "created", "ask")
            + row(4, "250", "0", "created", "ask") + row(5, "250", "1", "changed", "ask")
            + row(6, "250", "0", "deleted", "ask") + row(1, "236.40", "200", "created", "bid")
        let report = try replay(text)
        #expect(report.accepted == 3 && report.messages == 10)
        #expect(report.refused.map(\.reason) == report.refused.map(\.reason).sorted())
        #expect(
            Dictionary(uniqueKeysWithValues: report.refused.map { ($0.reason, $0.count) }) == [
                "size must be positive": 2, "price must be on tick": 1, "price must be positive": 1,
                "order must be live": 2, "order number must be new": 1,
            ])
    }

    @Test func rawCaptureReadsLikeTheTable() throws {
        let text = """
            1430438404518 order_created {"price": "236.47", "amount": "2.00000000", "id": 7, "order_type": 0}
            1430438404519 trade {"price": 236.47, "amount": 0.2, "id": 8}
            1430438404520 order_book {"bids": [["236.47", "1.7"]], "asks": []}
            1430438404521 order_deleted {"price": "236.47", "amount": "0.00000000", "id": 7, "order_type": 0}

            """
        let report = try replay(text)
        #expect(report.messages == 4 && report.accepted == 4 && report.liveAtEnd == 0)
        for bad in ["1 order_moved {}", "1 order_created {\"id\": 1}", "1 order_created {\"id\": }", "x"] {
            #expect(inputError { _ = try replay(text + bad + "\n") }?.line == 5, "\(bad)")
        }
    }

    @Test func malformedTablesAreRefused() throws {
        for bad in [
            "1,2,3\n", row(1, "x", "1", "created", "bid"), row(1, "1", "1", "made", "bid"),
            row(1, "1", "1", "created", "up"),
        ] {
            #expect(inputError { _ = try replay(header + bad) }?.line == 2, "\(bad)")
        }
        for text in ["", header, "a,b\n"] { #expect(inputError { _ = try replay(text) } != nil) }
    }

    @Test(
        .enabled(if: isHere(bitstamp + "orders.csv.gz"), "needs ../shared/data beside the package"),
        arguments: [("orders.csv.gz", 50_414), ("2015-05-01.log.gz", 56_000)])
    func recordedNightIsAccepted(_ file: String, _ messages: Int) throws {
        let report = try replayBook(format: .bitstamp, messages: bitstamp + file)
        #expect(report.messages == messages)
        #expect(report.accepted + report.refused.map(\.count).reduce(0, +) == messages)
        #expect(report.refused.map(\.reason) == ["order must be live"])
        #expect(report.pendingAtEnd == 0)
    }
}
