"""Words of the catalogue that depend on who reads."""

from django import template

from programs.models import Site

register = template.Library()


@register.filter
def seen_by(site: Site, user) -> str:
    """A site's name, or its code alone when it is confidential to this reader."""
    return site.label_for(user)


@register.filter
def zone_for(site: Site, user) -> str:
    return site.zone_for(user)
