"""How do people call the classes, groups and schools that an audience names by ids?"""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from proxy.console.people.models import SchoolClass
from proxy.console.review.words import ClassName, Names
from proxy.console.site.config import config


def names_for(audience: Mapping[str, Sequence[str]]) -> Names:
    """The names of all that an audience names: classes by the roster, groups and schools by the settings."""
    settings = config().settings
    classes = (
        SchoolClass.objects.filter(sourced_id__in=audience.get("classes", ()))
        .annotate(students=Count("enrolments", filter=Q(enrolments__teaches=False)))
        .values_list("sourced_id", "title", "students")
    )
    return Names(
        classes={id_: ClassName(title, students) for id_, title, students in classes},
        groups={group.id: group.title or group.id for group in settings.groups},
        schools={school.id: school.title or school.id for school in settings.schools},
    )
