"""Addresses of the fund's pages, under `funds/`."""

from django.urls import path

from funds.views import accounts, agreements, deposits, donors, fund, imports, payments, pledges, seed, trustee

app_name = "funds"
urlpatterns = [
    path("", fund.home, name="home"),
    path("pledges/", pledges.pledges, name="pledges"),
    path("pledges/new/", pledges.pledge_new, name="pledge_new"),
    path("pledges/<str:reference>/", pledges.pledge, name="pledge"),
    path("pledges/<str:reference>/acknowledge/", pledges.pledge_acknowledge, name="pledge_acknowledge"),
    path("pledges/<str:reference>/cancel/", pledges.pledge_cancel, name="pledge_cancel"),
    path("pledges/<str:reference>/accept/", pledges.pledge_accept, name="pledge_accept"),
    path("pledges/<str:reference>/write-off/", pledges.pledge_write_off, name="pledge_write_off"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("agreements/<str:reference>/", agreements.agreement, name="agreement"),
    path("agreements/<str:reference>/cancel/", agreements.agreement_cancel, name="agreement_cancel"),
    path("deposits/", deposits.deposits, name="deposits"),
    path("deposits/new/", deposits.deposit_new, name="deposit_new"),
    path("deposits/<str:reference>/", deposits.deposit, name="deposit"),
    path("donors/", donors.donors, name="donors"),
    path("donors/new/", donors.donor_new, name="donor_new"),
    path("donors/<slug:slug>/", donors.donor, name="donor"),
    path("donors/<slug:slug>/stage/", donors.donor_stage, name="donor_stage"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<str:reference>/", payments.payment, name="payment"),
    path("payments/<str:reference>/authorise/", payments.payment_authorise, name="payment_authorise"),
    path("payments/<str:reference>/pay/", payments.payment_pay, name="payment_pay"),
    path("payments/<str:reference>/confirm/", payments.payment_confirm, name="payment_confirm"),
    path("payments/<str:reference>/cancel/", payments.payment_cancel, name="payment_cancel"),
    path("windows/", fund.windows, name="windows"),
    path("windows/<str:code>/status/", fund.window_status, name="window_status"),
    path("seed-capital/", seed.seed_capital, name="seed"),
    path("seed-capital/new/", seed.funding_request_new, name="funding_request_new"),
    path("trustee/new/", trustee.trustee_new, name="trustee_new"),
    path("status/", fund.fund_status, name="fund_status"),
    path("periods/", fund.periods, name="periods"),
    path("periods/<str:code>/close/", fund.period_close, name="period_close"),
    path("rates/", fund.rates, name="rates"),
    path("rates/new/", fund.rate_new, name="rate_new"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<str:code>/", accounts.account, name="account"),
    path("imports/", imports.import_batches, name="import_batches"),
    path("imports/<str:reference>/", imports.import_batch, name="import_batch"),
]
