"""Models of the fund, one module a noun."""

from funds.models.closing import ClosedProject
from funds.models.donors import (
    Agreement,
    AgreementState,
    Deposit,
    Donor,
    DonorStage,
    DonorType,
    Instalment,
    Pledge,
    PledgeState,
    Prospect,
)
from funds.models.fund import Act, Fund, FundStatus, Period, Rate, Window, WindowStatus
from funds.models.imports import ImportBatch, ImportOutcome, ImportRow
from funds.models.ledger import GUARDED, Account, AccountKind, Posting, Share, Source, SourceKind, Stake, Turnover
from funds.models.payments import Payment, PaymentState
from funds.models.seed import FundingRequest
from funds.models.trustee import TrusteeTerm
from funds.models.vouchers import Consent, Voucher, VoucherKind, VoucherState

__all__ = [
    "GUARDED",
    "Account",
    "AccountKind",
    "Act",
    "Agreement",
    "AgreementState",
    "ClosedProject",
    "Consent",
    "Deposit",
    "Donor",
    "DonorStage",
    "DonorType",
    "Fund",
    "FundStatus",
    "FundingRequest",
    "ImportBatch",
    "ImportOutcome",
    "ImportRow",
    "Instalment",
    "Payment",
    "PaymentState",
    "Period",
    "Pledge",
    "PledgeState",
    "Posting",
    "Prospect",
    "Rate",
    "Share",
    "Source",
    "SourceKind",
    "Stake",
    "TrusteeTerm",
    "Turnover",
    "Voucher",
    "VoucherKind",
    "VoucherState",
    "Window",
    "WindowStatus",
]
