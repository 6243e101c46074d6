"""How do people prove who they are? What Django, allauth and axes are told about it."""

from datetime import timedelta
from typing import Any

from proxy.console.site.config import ConsoleConfig
from proxy.console.site.secret import read_secret

APPS = (
    "proxy.console.people",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
)
"""Our templates come before allauth's."""

MIDDLEWARE = (
    "allauth.account.middleware.AccountMiddleware",
    "proxy.console.people.middleware.Admission",
    "axes.middleware.AxesMiddleware",
)
"""To stand, in this order, right after Django's AuthenticationMiddleware."""

PROVIDER = "school"
FAILURES_OF_A_PAIR = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_COUNTED = 50_000
"""One address leaves behind some 2,000 counters within the quarter of an hour for which they count."""
SESSION_S = 10 * 60 * 60
"""A school day: nobody stays logged in on a shared computer overnight."""


def login_settings(config: ConsoleConfig) -> dict[str, Any]:
    """Django's settings about people and log-ins. Raises SecretProblem when the provider's cannot be read."""
    return {**_DJANGO, **_ALLAUTH, **_AXES, "SOCIALACCOUNT_PROVIDERS": _providers(config)}


_DJANGO: dict[str, Any] = {
    "AUTH_USER_MODEL": "people.Person",
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "proxy.console.people.backend.KnownPeople",
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": "proxy.console.people.passwords.LongEnough"},
        {
            "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
            "OPTIONS": {"user_attributes": ("login", "given_name", "family_name", "email")},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ],
    "PASSWORD_RESET_TIMEOUT": int(timedelta(days=7).total_seconds()),
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "/",
    # Counters of tries and codes that were used must be the same in all of the console's processes.
    "CACHES": {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "console_cache",
            # Above its number of entries (300 where none is said) the cache forgets some, whatever they are:
            # whoever fills it would be rid of the counters.
            "OPTIONS": {"MAX_ENTRIES": MOST_COUNTED},
        }
    },
    "SESSION_ENGINE": "django.contrib.sessions.backends.db",
    "SESSION_COOKIE_AGE": SESSION_S,
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
}

_ALLAUTH: dict[str, Any] = {
    "ACCOUNT_ADAPTER": "proxy.console.people.adapter.Accounts",
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": "login",
    "ACCOUNT_USER_MODEL_EMAIL_FIELD": "email",
    "ACCOUNT_USER_DISPLAY": "proxy.console.people.adapter.shown_as",
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
    "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
    "ACCOUNT_LOGIN_ON_PASSWORD_RESET": False,
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": int(timedelta(minutes=15).total_seconds()),
    "ACCOUNT_FORMS": {
        "login": "proxy.console.people.forms.LogInForm",
        "change_password": "proxy.console.people.forms.ChangePasswordForm",
        "reauthenticate": "proxy.console.people.forms.ReauthenticateForm",
    },
    # `key` is the log-in name, or the person whose second factor is tried.
    "ACCOUNT_RATE_LIMITS": {"login": "300/m/ip", "login_failed": "30/15m/key,300/15m/ip"},
    "MFA_FORMS": {
        "authenticate": "proxy.console.people.forms.CodeForm",
        "reauthenticate": "proxy.console.people.forms.CodeAgainForm",
        "activate_totp": "proxy.console.people.forms.ActivateForm",
    },
    "MFA_ADAPTER": "proxy.console.people.second_factor.SecondFactors",
    "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    "MFA_TOTP_ISSUER": "Schoolgate",
    "MFA_TOTP_TOLERANCE": 1,
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    "SOCIALACCOUNT_ADAPTER": "proxy.console.people.oidc.KnownPeopleByClaim",
    "SOCIALACCOUNT_STORE_TOKENS": False,
    "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
    "SOCIALACCOUNT_AUTO_SIGNUP": False,
    "SOCIALACCOUNT_LOGIN_ON_GET": False,
    "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,
}

_AXES: dict[str, Any] = {
    # A name is locked for one address alone, and not for long: a pupil who types wrong passwords for a
    # teacher locks the pupil's own device out, and the teacher goes on working elsewhere.
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_FAILURE_LIMIT": FAILURES_OF_A_PAIR,
    "AXES_COOLOFF_TIME": LOCKED_FOR,
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
    "AXES_USERNAME_FORM_FIELD": "login",
    "AXES_USERNAME_CALLABLE": "proxy.console.people.passwords.name_tried",
    "AXES_CLIENT_IP_CALLABLE": "proxy.console.people.clients.client_address",
    "AXES_LOCKOUT_CALLABLE": "proxy.console.people.log_in.locked_out",
    # The audit log has every log-in; what somebody typed into a form is kept nowhere.
    "AXES_DISABLE_ACCESS_LOG": True,
    "AXES_ENABLE_ACCESS_FAILURE_LOG": False,
    "AXES_ENABLE_ADMIN": False,
    "AXES_VERBOSE": False,
    "AXES_CLIENT_STR_CALLABLE": "proxy.console.people.passwords.nobody_in_particular",
    "AXES_SENSITIVE_PARAMETERS": ["login", "username", "ip_address", "csrfmiddlewaretoken", "next", "code"],
}


def _providers(config: ConsoleConfig) -> dict[str, Any]:
    oidc = config.console.oidc
    if oidc is None:
        return {}
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": PROVIDER,
                    "name": oidc.name,
                    "client_id": oidc.client_id,
                    "secret": read_secret(oidc.client_secret_file),
                    "settings": {"server_url": oidc.issuer},
                }
            ],
        }
    }
