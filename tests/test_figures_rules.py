import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from reports.figures.rules import Amount, by_site, monthly, total

SITES = st.integers(1, 5)
MONTHS = st.integers(1, 12).map(lambda number: dt.date(2024, number, 1))
VALUES = st.dictionaries(st.tuples(SITES, MONTHS), st.integers(0, 1000), min_size=1, max_size=40)


@given(VALUES)
def test_what_adds_up_is_the_sum_of_its_parts(values):
    found = total(values, "sum", "sum").amount
    assert found == Amount(sum(values.values()), sum(values.values()))


@given(VALUES)
def test_sites_that_add_up_make_the_total(values):
    sites = by_site(values, "sum")
    assert sum(one.amount.high for one in sites.values()) == total(values, "sum", "sum").amount.high


@given(VALUES)
def test_distinct_persons_are_never_added_over_months(values):
    months = monthly(values, "sum")
    found = total(values, "none", "sum")
    assert found.amount == max(months.values())
    assert months[found.month] == found.amount


@given(VALUES)
def test_sites_that_may_overlap_give_a_range(values):
    found = total(values, "sum", "none").amount
    largest = max(one.amount.high for one in by_site(values, "sum").values())
    assert (found.low, found.high) == (largest, sum(values.values()))


@given(VALUES)
def test_a_stock_is_that_of_the_last_month_reported(values):
    last = max(month for _site, month in values)
    found = total(values, "last", "sum")
    assert found.month == last
    assert found.amount.high == sum(n for (_s, month), n in values.items() if month == last)


@given(VALUES, st.sets(st.tuples(SITES, MONTHS)))
def test_no_month_that_lacks_fewer_sites_stands_aside(values, owed):
    def lacking(key):
        return sum(month == key for _site, month in owed - values.keys())

    found = total(values, "last", "sum", owed)
    owing = {month for _site, month in owed & values.keys()}
    assert found.is_partial == (lacking(found.month) > 0)
    assert all(
        (lacking(key), -key.toordinal()) >= (lacking(found.month), -found.month.toordinal())
        for key in owing
    )


def test_nothing_counted_is_not_zero():
    assert total({}, "sum", "sum") is None
    assert total({(1, dt.date(2024, 1, 1)): 0}, "sum", "sum").amount == Amount(0, 0)


def test_an_amount_is_written_with_thin_spaces():
    assert str(Amount(1480, 1480)) == "1\u202f480"
    assert str(Amount(40, 1070)) == "40 – 1\u202f070"
