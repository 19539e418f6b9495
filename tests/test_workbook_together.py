"""Two workbooks of a month applied at the same instant, on two connections that really commit."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.roles import Role
from beneficiaries.actions.workbook import apply_workbook
from beneficiaries.models import BeneficiaryCount
from beneficiaries.workbooks.preview import preview

from .factories import make_report, make_user
from .test_count_together import wait_for_somebody_to_wait
from .workbooks import MARCH, make_two_sites, make_upload


@pytest.fixture
def places(own_database):
    first = make_two_sites()
    return list(first.program.program_sites.order_by("site__code"))


def apply_slowly(upload, seen: str, acting, has_applied: threading.Event) -> None:
    """Apply, and commit once somebody waits for it."""
    try:
        with acting(upload.user):
            apply_workbook(upload=upload, seen=seen, by=upload.user)
            has_applied.set()
            wait_for_somebody_to_wait()
    finally:
        has_applied.set()
        connection.close()


@pytest.mark.parametrize("begun", [0, 1, 2])
def test_the_second_one_looks_again(places, acting, begun):
    one, other = (make_user(Role.PARTNER, places[0].organisation) for _number in range(2))
    for place in places[:begun]:
        make_report(place, MARCH)
    first, second = make_upload(places, one, 8), make_upload(places[::-1], other, 9)
    with acting(other):
        seen = preview(second, other).fingerprint
    with acting(one):
        seen_first = preview(first, one).fingerprint
    has_applied = threading.Event()
    colleague = threading.Thread(target=apply_slowly, args=(first, seen_first, acting, has_applied))
    colleague.start()
    has_applied.wait(10)
    with (
        pytest.raises(ValidationError, match="changed since you looked"),
        acting(other),
    ):
        apply_workbook(upload=second, seen=seen, by=other)
    colleague.join(10)
    with acting(other):
        assert set(BeneficiaryCount.objects.values_list("value", flat=True)) == {8}
        assert (
            apply_workbook(upload=second, seen=preview(second, other).fingerprint, by=other) == 18
        )
        assert set(BeneficiaryCount.objects.values_list("value", flat=True)) == {9}
