"""A long list, page by page: shown under it by components/pager.html."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS = 50


def page_of(rows: QuerySet | Sequence, request: HttpRequest) -> Page:
    """The page of a list that the address asks for; the last one when it asks for too much."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
