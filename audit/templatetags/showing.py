from django import template
from django.utils.html import format_html

from audit.showing import shown as note

register = template.Library()


@register.simple_tag
def shown(person) -> str:
    """The attribute of an element that shows somebody; the journal will name them."""
    return format_html('data-person="{}"', note(person.pk))
