"""Lines that the owner of the database wrote: sealed like the rest, and named all the same."""

import pytest

from audit import verifying
from tests.ledgers import forged

AHEAD = "now() + interval '366 days'"
LONG_AGO = "now() - interval '200 days'"


def test_a_purge_that_is_dated_ahead_excuses_nothing(sealed):
    rows = sealed.numbers()
    sealed.tamper(
        forged("purge_ledger", at=AHEAD, id="9000", facts="'through', 2"),
        f"DELETE FROM ledger.entry WHERE id IN ({rows[1]}, {rows[4]})",
    )
    named = ["row 9000 is dated ahead", *(f"row {n} was removed" for n in (rows[1], rows[4]))]
    for _once_unsealed_once_sealed in range(2):
        verdict = sealed.verify()
        assert (verdict.findings, verdict.purged_through) == (named, 0)
        sealed.seal()


def test_a_purge_is_as_old_as_its_seal(sealed):
    """Dated as it should, it comes a year too early; and it says so only once it is sealed."""
    row = sealed.numbers()[0]
    sealed.tamper(
        forged("purge_ledger", facts="'through', 1"), f"DELETE FROM ledger.entry WHERE id = {row}"
    )
    assert sealed.verify().findings == [f"row {row} was removed"]
    sealed.seal()
    early, removed = sealed.verify().findings
    assert (early, removed) == (
        "rows through seal 1 were purged too early",
        f"row {row} was removed",
    )


def test_an_erasure_that_is_not_sealed_excuses_nothing(sealed):
    row = sealed.numbers()[0]
    sealed.tamper(
        forged("erase_entry", facts=f"'entries', jsonb_build_array({row})", xid="'99999999999'"),
        "UPDATE ledger.entry SET target_id = NULL, shown_ids = NULL, reason = NULL,"
        f" details = NULL, salt = NULL WHERE id = {row}",
    )
    sealed.seal()
    assert f"row {row} was emptied without an erasure" in sealed.verify().findings


FORGED = [
    (forged(at=LONG_AGO, id="9000"), "row 9000 is dated back"),
    (forged(at="now() - interval '70 minutes'", id="9000"), "row 9000 is dated back"),
    (forged(at=AHEAD, id="9000"), "row 9000 is dated ahead"),
    (forged(at="now() + interval '6 minutes'", id="9000"), "row 9000 is dated ahead"),
    (forged(at="'infinity'", id="9000"), "row 9000 says a time that no clock shows"),
    (forged(at="'-infinity'", id="9000"), "row 9000 says a time that no clock shows"),
    (forged(at="'294276-12-31'", id="9000"), "row 9000 says a time that no clock shows"),
    (
        forged(xid="'99999999999'", id="9000"),
        "row 9000 says a transaction that there was not",
    ),
    (
        forged(at=AHEAD, xid="'99999999999'", id="9000"),
        "row 9000 says a transaction that there was not",
    ),
]


@pytest.mark.parametrize(("statement", "said"), FORGED)
def test_a_line_of_another_time_is_named(sealed, statement, said):
    sealed.tamper(statement)
    for _once_unsealed_once_sealed in range(2):
        assert sealed.verify().findings == [said]
        sealed.seal()


def test_a_line_that_took_the_place_of_a_sealed_one_is_named(sealed):
    """The sealer takes the new one for right: two seals then speak of one number."""
    row = sealed.numbers()[0]
    sealed.tamper(f"DELETE FROM ledger.entry WHERE id = {row}", forged(id=str(row)))
    assert sealed.verify().findings == [f"row {row} was altered or moved"]
    sealed.seal()
    assert sealed.verify().findings == [
        f"row {row} is sealed twice, by seals 1 and 3",
        f"row {row} was altered or moved",
    ]


def test_a_line_beside_a_sealed_one_of_its_number_is_named(sealed):
    row = sealed.numbers()[0]
    sealed.tamper(
        "ALTER TABLE ledger.entry DROP CONSTRAINT entry_pkey",
        "CREATE TABLE ledger.more (LIKE ledger.entry INCLUDING ALL) INHERITS (ledger.entry)",
        "GRANT SELECT ON ledger.more TO PUBLIC",
        forged(id=str(row)),
    )
    sealed.seal()
    found = sealed.verify().findings
    assert f"row {row} is sealed twice, by seals 1 and 3" in found
    assert any(f"row {row} stands there twice" in finding for finding in found)


def test_a_row_that_shows_what_it_was_emptied_of_is_named(sealed):
    """An erasure excuses an empty row, not one that says something else."""
    row = sealed.numbers()[0]
    sealed.tamper(
        "ALTER TABLE ledger.entry DROP CONSTRAINT entry_check",
        forged("erase_entry", facts=f"'entries', jsonb_build_array({row})"),
        f"UPDATE ledger.entry SET salt = NULL, shown_ids = ARRAY['p2'] WHERE id = {row}",
    )
    sealed.seal()
    assert sealed.verify().findings == [f"row {row} was altered or moved"]


def test_a_salt_of_another_length_is_none():
    row = verifying.Row(1, 1, 1, "[]", verifying.digest_of(b"1", "[]"), b"1", "[]", "view", {})
    assert not row.is_whole


def test_names_mean_what_postgresql_means_by_them(sealed):
    """The owner of the database says where names are looked up, and may make functions there."""
    row = sealed.numbers()[0]
    with sealed.connect("OWNER") as session:
        (database,) = session.execute("SELECT current_database()").fetchone()
    sealed.tamper(
        "CREATE FUNCTION public.to_jsonb(text[]) RETURNS jsonb LANGUAGE sql RETURN '[]'::jsonb",
        f'ALTER DATABASE "{database}" SET search_path = public, pg_catalog',
        f"UPDATE ledger.entry SET shown_ids = ARRAY['p2'] WHERE id = {row}",
    )
    assert sealed.verify().findings == [f"row {row} was altered or moved"]


def test_a_stopped_sealer_leaves_its_mark(sealed):
    """What waited too long is told of once it is sealed: nothing vouches for its time."""
    assert sealed.verify().waited == 0
    sealed.tamper(forged(at="now() - interval '20 minutes'"))
    sealed.seal()
    verdict = sealed.verify()
    assert (verdict.findings, verdict.waited) == ([], 1)
