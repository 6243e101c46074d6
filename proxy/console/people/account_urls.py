"""At which addresses does allauth find what it needs? Under its own names, each with a gate.

Not served at all: signing up, e-mail addresses, a password reset by mail (students have none), connecting
accounts of other providers.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from proxy.console.people.gates import entrance, own_account, proving
from proxy.console.people.log_in import at_provider, change_password, log_in

urlpatterns = [
    path("account/login/", log_in, name="account_login"),
    path("account/logout/", entrance(account.logout), name="account_logout"),
    path("account/again/", proving(account.reauthenticate), name="account_reauthenticate"),
    path("account/password/", change_password, name="account_change_password"),
    path("account/code/", entrance(factors.authenticate), name="mfa_authenticate"),
    path("account/code/again/", proving(factors.reauthenticate), name="mfa_reauthenticate"),
    path("account/factor/", proving(totp.activate_totp), name="mfa_activate_totp"),
    path("account/factor/remove/", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "account/recovery-codes/",
        own_account(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        own_account(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("account/oidc/cancelled/", entrance(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("account/oidc/failed/", entrance(social.login_error), name="socialaccount_login_error"),
    path("account/oidc/<slug:provider_id>/", at_provider, name="openid_connect_login"),
    path(
        "account/oidc/<slug:provider_id>/callback/",
        entrance(oidc.callback),
        name="openid_connect_callback",
    ),
]
