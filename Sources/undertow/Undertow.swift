import ArgumentParser
import Foundation
@main struct Undertow: ParsableCommand { @Argument var f: String; func run() throws { 
 let j = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: f + "/orders.json"))) as! [String: Any]
 let w = try OrderWorkload(records: Data(contentsOf: URL(fileURLWithPath: f + "/orders.bin")), prefill: j["prefill"] as! Int, file: f)
 for _ in 0..<5 { let r = w.runBook(); print(r.messagesPerSecond/1e6, r.trades, r.notional, r.liveAtEnd, r.bestBid!, r.bestAsk!) }
 print(j)
} }
