"""What are roles and schools called on a page?"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.people.models import OUTSIDE
from proxy.console.site.config import config
from proxy.settings.schema.who import Role

ROLES: Mapping[str, str | Promise] = {
    Role.STUDENT.value: _("Student"),
    Role.TEACHER.value: _("Teacher"),
    Role.AIDE.value: _("Aide"),
    Role.ADMINISTRATOR.value: _("School staff"),
    Role.PROCTOR.value: _("Proctor"),
    Role.PARENT.value: _("Parent"),
    Role.GUARDIAN.value: _("Guardian"),
    Role.RELATIVE.value: _("Relative"),
    OUTSIDE: _("From outside"),
}


def school_title(school: str) -> str:
    """The title of a school by its id in the settings; the district's for "", the id of one that is gone."""
    settings = config().settings
    if not school:
        return settings.district.title or settings.district.id
    return next((each.title or each.id for each in settings.schools if each.id == school), school)


def school_choices() -> list[tuple[str, str]]:
    """Every school and, first, the whole district, as a form offers them."""
    return [("", school_title("")), *((each.id, school_title(each.id)) for each in config().settings.schools)]
