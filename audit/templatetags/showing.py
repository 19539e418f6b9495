from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from audit.showing import shown as note

register = template.Library()


@register.simple_tag
def shown(person, where: int | list[int] | None = None) -> str:
    """The attribute of an element that shows somebody; the journal will name them.

    `where` is the organisation they are shown of, or several, or else those by whose right they
    are seen (`seen_in`): the others' auditors read nothing.
    """
    if where is None:
        where = getattr(person, "seen_in", [])
    organisations = [where] if isinstance(where, int) else where
    return format_html('data-person="{}"', note(person.pk, organisations))


@register.simple_tag(takes_context=True)
def journal_link(context, row) -> str:
    """For auditors, from the page of an object to what was done with it."""
    if not context["request"].user.has_perm("audit.view_journal"):
        return ""
    about = f"{row._meta.model_name}:{row.pk}"
    return format_html(
        '<a class="btn btn-quiet no-print" href="{}">{}</a>',
        reverse("journal", query={"about": about}),
        _("Who saw or changed this"),
    )
