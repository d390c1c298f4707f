#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Flat storage for plain values, addressed by index: the one unsafe type of the house.
///
/// Memory starts as zero bytes and untouched pages cost nothing, so a pool may span a whole price range. Bounds
/// are asserted in debug builds (measured: always-on checks cost the order book 14 %).
@frozen
public struct Pool<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>
    public private(set) var capacity: Int

    /// `capacity` elements of all-zero bytes: `Element` must be valid as such.
    public init(zeroed capacity: Int) {
        self.capacity = capacity
        base = Self.zeros(capacity)
    }

    deinit { Self.release(base, capacity) }

    /// From this size on a pool has pages of its own, so that the kernel may back it with huge ones: random
    /// access to a million orders is bound by address translation otherwise (measured: 2.5 times slower).
    private static var ownPages: Int { 4 << 20 }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Element> {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let memory: UnsafeMutableRawPointer?
        if bytes >= ownPages {
            memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            #if canImport(Glibc)
                if memory != MAP_FAILED { madvise(memory, bytes, MADV_HUGEPAGE) }
            #endif
        } else {
            memory = calloc(1, bytes)
        }
        guard let memory, memory != MAP_FAILED else {
            fatalError("out of memory for \(count) \(Element.self)")
        }
        return memory.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    private static func release(_ base: UnsafeMutablePointer<Element>, _ count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        if bytes >= ownPages { munmap(base, bytes) } else { free(base) }
    }

    @inlinable @inline(__always)
    public subscript(_ i: Int) -> Element {
        _read {
            assert(i >= 0 && i < capacity, "index \(i) outside 0..<\(capacity)")
            yield base[i]
        }
        _modify {
            assert(i >= 0 && i < capacity, "index \(i) outside 0..<\(capacity)")
            yield &base[i]
        }
    }

    @inlinable @inline(__always)
    public subscript(_ i: Int32) -> Element {
        _read { yield self[Int(i)] }
        _modify { yield &self[Int(i)] }
    }

    /// The same elements in memory of its own, or the first `count` of them and zero bytes beyond. Memory of zeros is left
    /// untouched: a copy needs no more of it than what it was made from uses.
    public init(copying other: borrowing Pool, first count: Int = .max) {
        self.init(zeroed: other.capacity)
        let bytes = min(count, capacity) * MemoryLayout<Element>.stride
        let (from, to) = (UnsafeRawPointer(other.base), UnsafeMutableRawPointer(base))
        let page = Self.page
        for start in stride(from: 0, to: bytes, by: page) {
            let size = min(page, bytes - start)
            let part = from + start
            // All bytes are alike if each equals the next.
            let isZero = part.load(as: UInt8.self) == 0 && memcmp(part, part + 1, size - 1) == 0
            if !isZero { (to + start).copyMemory(from: part, byteCount: size) }
        }
    }

    /// How many bytes into its page of memory the first element lies.
    public var offsetInPage: Int { Int(UInt(bitPattern: base) % UInt(Self.page)) }

    /// The bytes that are given back at once.
    public static var page: Int { 4096 }

    /// Returns the whole pages of a range to the system; its elements, all of them zero bytes, read as zeros still.
    public mutating func giveBack(_ range: Range<Int>) {
        let page = UInt(Self.page)
        let start = (UInt(bitPattern: base + range.lowerBound) + page - 1) / page * page
        let end = UInt(bitPattern: base + range.upperBound) / page * page
        guard start < end, let place = UnsafeMutableRawPointer(bitPattern: start) else { return }
        #if canImport(Glibc)
            madvise(place, Int(end - start), MADV_DONTNEED)
        #endif
    }

    /// Makes room for at least `minimum` elements, doubling; the new ones are zero bytes.
    public mutating func grow(toAtLeast minimum: Int) {
        guard minimum > capacity else { return }
        let larger = max(minimum, capacity * 2, 16)
        let fresh = Self.zeros(larger)
        fresh.update(from: base, count: capacity)
        Self.release(base, capacity)
        base = fresh
        capacity = larger
    }
}

/// A growing list of plain values that keeps its memory when emptied.
@frozen
public struct Buffer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var storage: Pool<Element>
    @usableFromInline var used = 0

    public init(capacity: Int = 64) { storage = Pool(zeroed: capacity) }

    /// The same elements in memory of its own.
    public init(copying other: borrowing Buffer) {
        storage = Pool(copying: other.storage, first: other.used)
        used = other.used
    }

    @inlinable @inline(__always) public var count: Int { used }
    @inlinable public var isEmpty: Bool { used == 0 }

    @inlinable @inline(__always)
    public subscript(_ i: Int) -> Element {
        _read { yield storage[i] }
        _modify { yield &storage[i] }
    }

    @usableFromInline mutating func growForOneMore() { storage.grow(toAtLeast: used + 1) }

    @inlinable @inline(__always)
    public mutating func append(_ element: Element) {
        if used == storage.capacity { growForOneMore() }
        storage[used] = element
        used &+= 1
    }

    @inlinable public mutating func removeAll() { used = 0 }

    /// Keeps the first `n` elements.
    @inlinable public mutating func truncate(to n: Int) { used = min(used, n) }

    /// Sorts ascending by a key; equal keys keep no particular order, so keys are unique where it matters.
    @inlinable public mutating func sort<Key: Comparable>(by key: (Element) -> Key) {
        var all = UnsafeMutableBufferPointer(start: storage.base, count: count)
        all.sort { key($0) < key($1) }
    }

    /// A copy as an ordinary array, for edges and tests.
    public var elements: [Element] { Array(UnsafeBufferPointer(start: storage.base, count: count)) }
}

/// A fixed number of values that cannot be copied, such as one order book per market.
public struct FixedArray<Element: ~Copyable>: ~Copyable {
    let elements: UnsafeMutablePointer<Element>
    public let count: Int

    public init(count: Int, _ make: (Int) -> Element) {
        self.count = count
        elements = .allocate(capacity: count)
        for i in 0..<count { (elements + i).initialize(to: make(i)) }
    }

    /// As many elements, each copied.
    public init(copying other: borrowing FixedArray, _ copy: (borrowing Element) -> Element) {
        count = other.count
        elements = .allocate(capacity: count)
        for i in 0..<count { (elements + i).initialize(to: copy(other.elements[i])) }
    }

    deinit {
        elements.deinitialize(count: count)
        elements.deallocate()
    }

    public subscript(_ i: Int) -> Element {
        _read {
            precondition(i >= 0 && i < count, "index \(i) outside 0..<\(count)")
            yield elements[i]
        }
        _modify {
            precondition(i >= 0 && i < count, "index \(i) outside 0..<\(count)")
            yield &elements[i]
        }
    }
}
