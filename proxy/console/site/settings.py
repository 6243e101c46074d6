"""How is Django set up for the console? Read once by each process, after `setup.set_up`."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO

from proxy.console.people import login_settings
from proxy.console.site.config import config
from proxy.console.site.database import databases
from proxy.console.site.secret import signing_key

_config = config()
_console = _config.console
_site = urlsplit(_config.url)
_secure = _site.scheme == "https"
_here = Path(__file__).parent.parent

DEBUG = False
SECRET_KEY = signing_key(_config.secret_file)
ALLOWED_HOSTS = [_site.hostname or ""]
CSRF_TRUSTED_ORIGINS = [_config.url]
ROOT_URLCONF = "proxy.console.site.urls"
APPEND_SLASH = True
DATABASES = databases(_config)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    # Before allauth, so that our templates for its pages are found first.
    "proxy.console.look",
    *login_settings.APPS,
    "proxy.console.audit",
    "proxy.console.post",
    "proxy.console.review",
    "proxy.console.incidents",
    "proxy.console.portal",
    "proxy.console.reports",
    "proxy.console.auditing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Beside every answer from here on, the error pages too.
    "proxy.console.site.middleware.SafeHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *login_settings.MIDDLEWARE,
    "proxy.console.look.middleware.PersonsLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_here / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "proxy.console.look.context.page",
                "proxy.console.incidents.waiting.page",
            ],
        },
    }
]

FORM_RENDERER = "proxy.console.look.forms.Renderer"

# Log-in: AUTH_USER_MODEL, hashes, allauth, axes ...
globals().update(login_settings.login_settings(_config))

# Cookies and transport.
SESSION_COOKIE_NAME = "__Host-session" if _secure else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_NAME = "__Host-csrf" if _secure else "csrf"
CSRF_FAILURE_VIEW = "proxy.console.site.errors.forged"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _secure else 0
# The console answers under one host name; what else the school has there is not ours to bind.
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_SSL_REDIRECT = _secure
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 0

# Languages and time.
USE_I18N = True
USE_TZ = True
TIME_ZONE = _config.settings.zone
LANGUAGES = [
    (code, LANG_INFO[code]["name_local"] if code in LANG_INFO else code) for code in _console.languages
]
LANGUAGE_CODE = _console.languages[0]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [_here / "locale"]

# Style sheets and scripts: collected at the start, under names that hold their checksum.
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = _config.static_folder
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail is queued in `proxy.console.post`; nothing may send some past it.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# What is logged, and how, is the operator log's matter.
LOGGING_CONFIG = None
