"""Models of the fund, one module a noun."""

from funds.models.aliases import AliasKind, DonorAlias
from funds.models.amendments import AgreementAmendment, AgreementDocument, PledgeAmendment
from funds.models.closing import ClosedProject
from funds.models.contributions import Agreement, AgreementState, Deposit, Instalment, Pledge, PledgeState
from funds.models.donors import Donor, DonorStage, DonorType, Prospect
from funds.models.fund import Act, Fund, FundStatus, Period, Rate, Window, WindowStatus
from funds.models.imports import ImportBatch, ImportOutcome, ImportRow
from funds.models.ledger import GUARDED, Account, AccountKind, Posting, Share, Source, SourceKind, Stake, Turnover
from funds.models.noncash import NonCashKind, NonCashPledge, NonCashState
from funds.models.payments import Payment, PaymentState
from funds.models.pipeline import DueDiligence, Finding, StageChange
from funds.models.reminders import Reminder, ReminderStage
from funds.models.seed import FundingRequest
from funds.models.snapshots import Carried, CarriedMove, CarriedPart
from funds.models.trustee import TrusteeTerm
from funds.models.vouchers import Consent, Voucher, VoucherKind, VoucherState

__all__ = [
    "GUARDED",
    "Account",
    "AccountKind",
    "Act",
    "Agreement",
    "AgreementAmendment",
    "AgreementDocument",
    "AgreementState",
    "AliasKind",
    "Carried",
    "CarriedMove",
    "CarriedPart",
    "ClosedProject",
    "Consent",
    "Deposit",
    "Donor",
    "DonorAlias",
    "DonorStage",
    "DonorType",
    "DueDiligence",
    "Finding",
    "Fund",
    "FundStatus",
    "FundingRequest",
    "ImportBatch",
    "ImportOutcome",
    "ImportRow",
    "Instalment",
    "NonCashKind",
    "NonCashPledge",
    "NonCashState",
    "Payment",
    "PaymentState",
    "Period",
    "Pledge",
    "PledgeAmendment",
    "PledgeState",
    "Posting",
    "Prospect",
    "Rate",
    "Reminder",
    "ReminderStage",
    "Share",
    "Source",
    "SourceKind",
    "StageChange",
    "Stake",
    "TrusteeTerm",
    "Turnover",
    "Voucher",
    "VoucherKind",
    "VoucherState",
    "Window",
    "WindowStatus",
]
