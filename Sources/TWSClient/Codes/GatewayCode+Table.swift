extension GatewayCode {
    /// A row of the table.
    public struct Entry: Hashable, Sendable {
        /// The code.
        public let code: Int32
        /// What it says.
        public let reaction: Reaction
        /// What it means.
        public let meaning: String
        /// Whether a person should look.
        public let isAlarm: Bool

        init(_ code: Int32, _ reaction: Reaction, _ meaning: String, alarm: Bool = false) {
            self.code = code
            self.reaction = reaction
            self.meaning = meaning
            isAlarm = alarm
        }
    }

    /// Every code that is known, in the order of what it concerns; each once.
    public static let table: [Entry] = connection + farms + requests + streams + orders + sizes

    /// The table by code.
    static let entries = Dictionary(table.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    private static let connection = [
        Entry(1_100, .linkLost, "the gateway has lost IBKR"),
        Entry(2_110, .linkLost, "the gateway has lost its server, and restores the link itself"),
        Entry(1_101, .linkRestored(isDataLost: true), "the link is back, subscriptions are lost"),
        Entry(1_102, .linkRestored(isDataLost: false), "the link is back, subscriptions are kept"),
        Entry(1_300, .portChanged, "the gateway's port was changed"),
        Entry(326, .clientIDInUse, "the client id is in use"),
        Entry(100, .tooManyMessages, "too many messages a second", alarm: true),
        Entry(10_197, .competingSession, "another session of the login takes the market data"),
        Entry(2_100, .notice, "the account subscription was replaced"),
        Entry(2_101, .notice, "the account subscription was refused"),
    ]

    private static let farms = [
        Entry(2_103, .farm(.marketData, .broken), "a market data farm is broken"),
        Entry(2_104, .farm(.marketData, .well), "a market data farm is well"),
        Entry(2_108, .farm(.marketData, .dormant), "a market data farm rests until it is needed"),
        Entry(2_119, .farm(.marketData, .connecting), "a market data farm is being connected"),
        Entry(2_105, .farm(.history, .broken), "a historical data farm is broken"),
        Entry(2_106, .farm(.history, .well), "a historical data farm is well"),
        Entry(2_107, .farm(.history, .dormant), "a historical data farm rests until it is needed"),
        Entry(2_157, .farm(.definitions, .broken), "the security definition farm is broken"),
        Entry(2_158, .farm(.definitions, .well), "the security definition farm is well"),
    ]

    private static let requests = [
        Entry(162, .requestRefused, "historical data: an error"),
        Entry(165, .notice, "historical data: a notice"),
        Entry(200, .requestRefused, "no such contract, or several"),
        Entry(203, .requestRefused, "not allowed for this account"),
        Entry(320, .requestRefused, "the gateway could not read our request", alarm: true),
        Entry(321, .requestRefused, "the request is not valid"),
        Entry(322, .requestRefused, "the request could not be processed"),
        Entry(300, .ignored, "cancel of an unknown level 1 request"),
        Entry(310, .ignored, "cancel of an unknown depth request"),
        Entry(366, .ignored, "cancel of an unknown historical request"),
    ]

    private static let streams = [
        Entry(101, .streamRefused, "too many level 1 lines"),
        Entry(102, .streamRefused, "the request id is in use", alarm: true),
        Entry(309, .streamRefused, "too many instruments with depth"),
        Entry(316, .streamEnded, "depth was halted"),
        Entry(317, .streamReset, "depth was reset"),
        Entry(354, .streamRefused, "market data are not subscribed"),
        Entry(10_186, .streamRefused, "market data are not subscribed, delayed ones are not enabled"),
        Entry(10_168, .streamRefused, "market data are not subscribed, delayed ones are not enabled"),
        Entry(10_187, .streamRefused, "past ticks were refused"),
        Entry(10_189, .streamRefused, "tick-by-tick data were refused"),
        Entry(10_190, .streamRefused, "too many tick-by-tick streams"),
        Entry(10_182, .streamEnded, "live updates have stopped"),
        Entry(10_089, .streamUnsubscribed, "needs a further subscription for the API"),
        Entry(10_091, .streamUnsubscribed, "a part needs a further subscription for the API"),
        Entry(10_090, .streamNote, "a part of the market data is not subscribed"),
        Entry(10_167, .streamNote, "market data are not subscribed, delayed ones follow"),
        Entry(2_152, .streamNote, "which exchanges come as depth, as top, or not at all"),
    ]

    private static let orders = [
        Entry(399, .orderNote, "a note on the order"),
        Entry(404, .orderNote, "held while shares are located"),
        Entry(2_109, .orderNote, "an attribute of the order is ignored"),
        Entry(2_137, .orderNote, "the order would cross an opposite one"),
        Entry(10_349, .orderNote, "the time in force was set by a preset"),
        Entry(103, .orderIDInUse, "the order id is in use", alarm: true),
        Entry(104, .orderUnknown, "a filled order cannot be changed"),
        Entry(105, .changeRefused, "the change does not match the order"),
        Entry(329, .changeRefused, "the order cannot be changed so"),
        Entry(2_102, .changeRefused, "the order is still being processed"),
        Entry(106, .orderHeld, "the order is incomplete", alarm: true),
        Entry(107, .orderHeld, "the order is incomplete", alarm: true),
        Entry(109, .orderHeld, "the price is outside the precaution limits", alarm: true),
        Entry(163, .orderHeld, "the price is outside the percentage limit", alarm: true),
        Entry(382, .orderHeld, "the price is outside the tick limit", alarm: true),
        Entry(383, .orderHeld, "the size is above the precaution limit", alarm: true),
        Entry(463, .orderHeld, "a precaution holds the order back", alarm: true),
        Entry(10_289, .orderHeld, "a precaution holds the order back", alarm: true),
        Entry(10_293, .orderHeld, "a precaution holds the order back", alarm: true),
        Entry(10_311, .orderHeld, "will be routed directly, which a precaution holds back", alarm: true),
        Entry(10_329, .orderHeld, "will be routed directly, which a precaution holds back", alarm: true),
        Entry(110, .orderRefused, "the price is off the tick grid", alarm: true),
        Entry(201, .orderRefused, "the order was rejected"),
        Entry(202, .orderCancelled, "the order was cancelled"),
        Entry(135, .orderUnknown, "no order of that id"),
        Entry(10_147, .orderUnknown, "no order of that id to cancel"),
        Entry(136, .cancelRefused, "the order cannot be cancelled"),
        Entry(161, .cancelRefused, "the order cannot be cancelled as it stands"),
        Entry(10_148, .cancelRefused, "the order cannot be cancelled as it stands"),
        Entry(10_268, .orderRefused, "an attribute is no longer supported", alarm: true),
        Entry(10_269, .orderRefused, "an attribute is no longer supported", alarm: true),
        Entry(10_270, .orderRefused, "an attribute is no longer supported", alarm: true),
    ]

    /// 10243 and the following concern sizes that are fractions.
    private static let sizes =
        [
            Entry(355, .orderRefused, "the size is not one the exchange takes"),
            Entry(388, .orderRefused, "the size is below the smallest one"),
            Entry(434, .orderRefused, "the size cannot be zero"),
        ]
        + (10_243...10_250).map { Entry($0, .orderRefused, "a size that is a fraction is not taken") }
}
