import Audit
import ExactJSON
import TradingModel

/// What operators ask for about orders, in the audit trail where it takes effect: before anything follows from it.
extension RiskStage {
    func record(wish notice: SystemNotice, _ event: MarketEvent) {
        let type: AuditLineType =
            switch notice.kind {
            case .orderRequested: .orderRequest
            case .cancelRequested: .orderCancelRequest
            default: .orderReplaceRequest
            }
        stage(type, event) { json in
            json.key("by")
            json.string(notice.actor)
            json.key("reason")
            json.string(notice.reason)
            for member in notice.wishMembers {
                json.key(dynamic: member.key)
                json.string(member.value)
            }
        }
    }
}
