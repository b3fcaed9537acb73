import TradingModel

extension Bracket {
    /// One exit: an order, and after it is over by what we did or by its fills, another one as soon as more is open.
    struct Leg: Sendable {
        enum State: Sendable {
            /// Not sent, or denied.
            case unsent
            /// Sent or to be changed, and not answered.
            case pending
            case working
            case cancelling
            /// Ended by somebody else: not sent again. `byVenue`: nobody on our side has asked for that.
            case over(byVenue: Bool)
        }

        let takesProfit: Bool
        let price: Price
        /// Its order; `nil` while there is none.
        var id: ClientOrderID?
        var state = State.unsent
        /// Of its newest order.
        var round: UInt16 = 0
        /// How much the order is for, as the venue has it.
        var quantity = Quantity.zero
        /// What its orders have filled.
        var filled = Quantity.zero
        /// Orders of it that are over: what fills of them late counts.
        var former: ContiguousArray<ClientOrderID> = []
        /// What those have filled.
        var filledBefore = Quantity.zero
        /// Whether somebody on our side had asked for its end before it was taken over.
        var isEndWished = false
        /// What was open when it could not be sent or changed: not tried again for the same.
        var refusedAt: Quantity?

        init(takesProfit: Bool, price: Price) {
            self.takesProfit = takesProfit
            self.price = price
        }

        /// What its order has filled.
        var filledByOrder: Quantity { filled - filledBefore }

        /// What its order may still fill.
        var leaves: Quantity { quantity - filledByOrder }

        /// Whether a report of that order is for it.
        func has(_ order: ClientOrderID) -> Bool { id == order || former.contains(order) }

        mutating func hasBeenRefused(at open: Quantity) {
            if case .pending = state { state = id == nil ? .unsent : .working }
            refusedAt = open
        }

        mutating func fold(_ report: OrderEvent, _ fill: Quantity) {
            filled += fill
            guard report.id == id else { return filledBefore += fill }
            quantity = report.quantity
            if report.status.isTerminal {
                var isOurs = report.status == .filled || report.isUnsent
                if case .cancelling = state { isOurs = true }
                end(isFollowed: isOurs, byVenue: report.isEndedByVenue && !isEndWished)
            } else if case .pending = state {
                answer(report)
            }
        }

        /// Its order is over.
        ///
        /// - Parameters:
        ///   - isFollowed: whether another one is sent once something is open.
        ///   - byVenue: whether nobody on our side has asked for it, where it is not.
        mutating func end(isFollowed: Bool, byVenue: Bool) {
            if let id { former.append(id) }
            id = nil
            isEndWished = false
            quantity = .zero
            filledBefore = filled
            state = isFollowed ? .unsent : .over(byVenue: byVenue)
        }

        /// A fill answers nothing that was asked for.
        private mutating func answer(_ report: OrderEvent) {
            switch report.report {
            case .ack, .replace: state = .working
            // Whether it is asked for again is the bracket's to say.
            case .replaceReject: state = .working
            case .fill, .cancel, .reject, .expire, .commission: break
            }
        }
    }
}
