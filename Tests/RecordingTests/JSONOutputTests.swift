import Foundation
import Primitives
import Testing

@testable import Recording

@Suite("The one JSON writer")
struct JSONOutputTests {
    private struct Inner: Codable {
        @OrNull var share: Double?
        var note: String?
    }
    private struct Outer: Codable {
        var liquidatedLongUsd = 1.5
        @OrNull var longShortRatio: Double? = nil
        var inner = Inner(share: nil, note: nil)
        var byVenue = ["binance-coinM": Inner(share: 2, note: "a/b")]
    }

    /// A promised key is there with null at its place in the order; any other without a value is not; keys of maps stay.
    @Test func knowsNull() throws {
        #expect(
            try json(Outer()) == #"""
                {"by_venue":{"binance-coinM":{"note":"a/b","share":2}},"inner":{"share":null},"liquidated_long_usd":1.5,"long_short_ratio":null}
                """#)
    }

    @Test func readsBackWhatItWrote() throws {
        var outer = Outer()
        outer.longShortRatio = 7
        func read(_ text: String) throws -> Outer {
            try fromJSON(Outer.self, Data(text.utf8), file: "a.json", allowed: "our own")
        }
        let again = try read(json(outer))
        #expect(again.longShortRatio == 7 && again.inner.share == nil)
        #expect(again.byVenue["binance-coinM"]?.share == 2)
        // A file of before the key was promised.
        let old = try read(#"{"liquidated_long_usd":1,"inner":{},"by_venue":{}}"#)
        #expect(old.longShortRatio == nil && old.inner.share == nil)
        #expect(throws: InputError.self) {
            try read(#"{"liquidated_long_usd":1,"inner":{"share":"x"},"by_venue":{}}"#)
        }
    }

    /// The order of words and figures that is promised, and back.
    @Test(arguments: [
        ("worst40MinShare", "worst_40_min_share"), ("assetsBeyond90Pct", "assets_beyond_90_pct"),
        ("depth1pctMinShare", "depth_1pct_min_share"),
        ("deleveragedTop1pctShare", "deleveraged_top_1pct_share"), ("stepsOver100Ms", "steps_over100_ms"),
        ("fundDrawUsd", "fund_draw_usd"), ("p5", "p5"), ("top1PctShare", "top1_pct_share"),
    ])
    func namesAreKeys(name: String, key: String) {
        #expect(JSONKeys.written(name) == key)
        #expect(JSONKeys.read(key) == name)
    }

    @Test func capitalsTogetherAreOneWord() {
        #expect(JSONKeys.written("totalUSDOfAll") == "total_usd_of_all")
        #expect(JSONKeys.written("already_written") == "already_written")
    }

    @Test func whatJSONCannotHoldIsNamed() {
        var outer = Outer()
        outer.inner.share = .infinity
        #expect {
            try json(outer)
        } throws: { error in
            (error as? InputError)?.key == "inner.share"
        }
    }
}
