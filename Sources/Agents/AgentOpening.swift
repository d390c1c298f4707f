import Exchanges
import Primitives

/// What agents are made from: the settings, what the event says of its venues and assets, and the accounts opened so far.
public struct AgentOpening: Sendable {
    /// What the event says of an asset.
    public struct Asset: Sendable {
        public var name: String
        public var priceUSD: Double
        public var supply: Double
        /// Traded in an ordinary day.
        public var volumeUSD: Double
        /// Fraction per square root of a day.
        public var volatility: Double
        /// Neither pegged nor collateral.
        public var isCoin: Bool
        public init(
            name: String, priceUSD: Double, supply: Double, volumeUSD: Double, volatility: Double,
            isCoin: Bool
        ) {
            self.name = name
            self.priceUSD = priceUSD
            self.supply = supply
            self.volumeUSD = volumeUSD
            self.volatility = volatility
            self.isCoin = isCoin
        }
    }

    /// What the event says of an exchange.
    public struct Exchange: Sendable {
        public var name: String
        /// Of a spot venue: stops of holders there.
        public var stopShare: Double
        public init(name: String, stopShare: Double = 0) {
            self.name = name
            self.stopShare = stopShare
        }
    }

    /// A coin that accounts of a perpetual venue may hold as collateral and that has a price in the world.
    public struct Collateral: Sendable {
        public var exchange: VenueID
        /// Its market number in the venue's house.
        public var market: Int32
        public var asset: AssetID
        public init(exchange: VenueID, market: Int32, asset: AssetID) {
            self.exchange = exchange
            self.market = market
            self.asset = asset
        }
    }

    /// How the leveraged population is drawn, for agents whose accounts follow its law.
    public struct AccountLaw: Sendable {
        public var accounts = 0
        public var sizeLogSD = 0.0
        public var leverageLogSD = 0.0
        /// Of one side of a market, the most one account holds.
        public var largestShare = 1.0
        /// Of accounts have a stop; the nearest, and how much further on average, as fractions of a coin as volatile as the
        /// reference asset.
        public var stopShare = 0.0
        public var stopStart = 0.0
        public var stopMean = 0.0
        public init() {}
    }

    public let settings: any Settings
    public let seed: UInt64
    public let stepSeconds: Double
    /// How many accounts one stands for.
    public let scale: Int
    /// Numbered as those of `Exchanges`.
    public let exchanges: [Exchange]
    public let assets: [Asset]
    public let books: [BookPlace]
    /// The asset that betas and shocks mean.
    public let reference: AssetID
    /// By book: share of the asset's maker depth and of its patient orders; one side's open interest, 0 on spot venues.
    public let liquidityShares: [Double]
    /// By book: share of what is traded of the asset in an ordinary day.
    public let turnoverShares: [Double]
    public let patientShares: [Double]
    public let openInterestUSD: [Double]

    public var accountLaw = AccountLaw()
    public var collateral: [Collateral] = []
    /// By perpetual venue, once their accounts are open.
    public var populations: [LeveragedTraders] = []
    public var hedged: [HedgedAccounts.Group] = []
    /// By asset: the main spot book and a wallet there for sellers of coins (keepers, hedgers, funds); nil and nobody: none.
    public var sellerBooks: [BookID?]
    public var sellerWallets: [AccountID]
    /// A wallet of its own for collateral that funds sell: what is in it is for sale.
    public var collateralWallet = AccountID(0)
    private var accounts: [ObjectIdentifier: [AccountID]] = [:]

    public init(
        _ settings: any Settings, seed: UInt64, stepSeconds: Double, scale: Int = 1, exchanges: [Exchange],
        assets: [Asset],
        books: [BookPlace], reference: AssetID, liquidityShares: [Double],
        turnoverShares: [Double]? = nil, patientShares: [Double],
        openInterestUSD: [Double]
    ) {
        self.settings = settings
        self.seed = seed
        self.stepSeconds = stepSeconds
        self.scale = scale
        self.exchanges = exchanges
        self.assets = assets
        self.books = books
        self.reference = reference
        self.liquidityShares = liquidityShares
        self.turnoverShares = turnoverShares ?? liquidityShares
        self.patientShares = patientShares
        self.openInterestUSD = openInterestUSD
        sellerBooks = Array(repeating: nil, count: assets.count)
        sellerWallets = Array(repeating: .nobody, count: assets.count)
    }

    // MARK: Looking

    public var bookIDs: Identifiers<BookID> { BookID.first(books.count) }

    public func books(of exchange: VenueID) -> [BookID] { bookIDs.filter { books[$0].exchange == exchange } }

    /// The book of an asset on a venue by its public name.
    public func book(_ asset: AssetID, on exchange: String) -> BookID? {
        bookIDs.first { exchanges[books[$0].exchange].name == exchange && books[$0].asset == asset }
    }

    /// Traded volume over the reference asset's, at most one.
    public func size(_ book: BookID) -> Double {
        let asset = assets[books[book].asset]
        return max(1e-6, min(1, asset.volumeUSD / assets[reference].volumeUSD))
    }

    /// A stream of random numbers of an agent's own.
    public func random(_ name: String) -> RandomStream { RandomStream(seed: seed, name: name) }

    /// By book: an agent's account there; nobody where it has none.
    public func accounts(of agent: any Agent.Type) -> [AccountID] {
        accounts[ObjectIdentifier(agent)] ?? Array(repeating: .nobody, count: books.count)
    }

    // MARK: Opening

    /// Opens the accounts of all agents on an exchange, with their means.
    public mutating func open(_ exchange: VenueID, of agents: AgentList, _ market: inout Exchanges) {
        if market.isSpot(exchange) {
            openWallets(exchange, agents, &market)
        } else {
            for book in books(of: exchange) {
                for agent in agents.opening {
                    guard let means = agent.means(book, self) else { continue }
                    let account = market.openAccount(exchange)
                    market.deposit(means.dollars, to: account, on: exchange)
                    market.raiseLeverage(account, book)
                    set(account, of: agent, book)
                }
            }
        }
    }

    private mutating func openWallets(_ exchange: VenueID, _ agents: AgentList, _ market: inout Exchanges) {
        for agent in agents.opening {
            var wallet: AccountID?
            for book in books(of: exchange) {
                guard let means = agent.means(book, self) else { continue }
                let account = wallet ?? market.openAccount(exchange)
                if !agent.keepsBooksApart { wallet = account }
                set(account, of: agent, book)
                market.deposit(means.dollars, to: account, on: exchange)
                if means.coinsUSD > 0 {
                    let price = assets[books[book].asset].priceUSD
                    market.depositCoins(means.coinsUSD / price, to: account, book)
                }
            }
        }
    }

    private mutating func set(_ account: AccountID, of agent: any Agent.Type, _ book: BookID) {
        var all = accounts(of: agent)
        all[book] = account
        accounts[ObjectIdentifier(agent)] = all
    }
}
