import Configuration
import Risk

extension TripLimits {
    /// What the settings say. Some trips go by the limits that every order meets.
    init(_ risk: Settings.Risk) {
        self.init()
        let trips = risk.trips
        dayLoss = trips.dayLoss
        drawdown = trips.drawdown
        ownRejects = trips.ownRejects
        brokerRejects = trips.brokerRejects
        rejectWindow = trips.rejectWindow
        ordersPerSecond = risk.ordersPerSecond ?? 0
        ordersPerMinute = trips.ordersPerMinute
        velocityBps = trips.velocityBps
        velocityWindow = trips.velocityWindow
        staleAfter = trips.staleAfter
        unsynchronisedAfter = trips.unsynchronisedAfter
        clockStep = trips.clockStep
        disconnectAfter = trips.disconnectAfter
    }
}
