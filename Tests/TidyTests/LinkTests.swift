import Foundation
import Testing

@Suite("Links and places in documents")
struct LinkTests {
    private let repository = Repository()

    /// Every relative link of every page leads to a file.
    @Test func linksLeadSomewhere() throws {
        var dead: [String] = []
        var count = 0
        for page in repository.pages {
            let folder = page.split(separator: "/").dropLast().joined(separator: "/")
            for link in Self.links(try repository.text(page))
            where !link.contains("://") && !link.hasPrefix("#") {
                count += 1
                let target = link.prefix { $0 != "#" }
                let path = folder.isEmpty ? String(target) : folder + "/" + target
                if !repository.exists(path) { dead.append("\(page): \(link)") }
            }
        }
        #expect(count > 80)
        #expect(dead == [])
    }

    /// The index of the pages names every page.
    @Test func everyPageIsInTheIndex() throws {
        let linked = Set(Self.links(try repository.text("docs/README.md")).map { "docs/" + $0 })
        let missing = repository.paths(below: "docs", ending: ".md").filter {
            $0 != "docs/README.md" && !linked.contains($0)
        }
        #expect(missing == [])
    }

    /// The map has every room, and no other.
    @Test func everyRoomIsOnTheMap() throws {
        let text = try repository.text("docs/architecture.md").components(separatedBy: "## ")
        let map = text.first { $0.hasPrefix("Rooms") } ?? ""
        let named = Set(
            map.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
                String($0.dropFirst(3).prefix { $0 != "`" })
            })
        let folders = Set(
            try ["Sources", "Lab/Sources", "python/Sources"].flatMap {
                try FileManager.default.contentsOfDirectory(
                    atPath: repository.root.appendingPathComponent($0).path)
            })
        // Tools of the build and of tests are no rooms; the text beside the map says what serves tests.
        #expect(
            folders.symmetricDifference(named)
                == ["Checks", "fuzz", "allocations", "CountedAllocations", "embed", "CZlib", "undertow-lab"])
    }

    /// A page or a comment sends nobody to a file that is not here. Scripts and tests that skip may look for data beside the checkout.
    @Test func nothingOutsideIsCited() throws {
        let outside = ["../" + "shared", "/" + "work/", "/" + "root/", "/" + "home/"]
        var cited: [String] = []
        for page in repository.pages {
            for (i, line) in try repository.text(page).components(separatedBy: "\n").enumerated()
            where outside.contains(where: line.contains) {
                cited.append("\(page):\(i + 1)")
            }
        }
        for path in repository.swiftFiles where !path.contains("Tests/") {
            for (i, line) in try repository.text(path).components(separatedBy: "\n").enumerated() {
                guard let comment = line.range(of: "//") else { continue }
                if outside.contains(where: line[comment.lowerBound...].contains) {
                    cited.append("\(path):\(i + 1)")
                }
            }
        }
        #expect(cited == [])
    }

    @Test func linksAreRead() {
        #expect(
            Self.links("See [a](b.md) and [c [d]](e/f.md#g), ![h](i.svg), not `[j](k)` (l).") == [
                "b.md", "e/f.md#g", "i.svg",
            ])
    }

    /// What stands in the round brackets of Markdown links, code left out.
    private static func links(_ text: String) -> [String] {
        var links: [String] = []
        for (i, block) in text.components(separatedBy: "```").enumerated() where i % 2 == 0 {
            let prose = block.components(separatedBy: "`").enumerated().map {
                $0.offset % 2 == 0 ? $0.element : ""
            }
            .joined(separator: "x")
            for part in prose.components(separatedBy: "](").dropFirst() {
                if let end = part.firstIndex(of: ")") { links.append(String(part[..<end])) }
            }
        }
        return links
    }
}
