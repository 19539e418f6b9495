"""Whatever is done to the ledger afterwards is named."""


def test_what_nobody_touched_is_right(sealed):
    verdict = sealed.verify()
    assert verdict.findings == []
    assert (verdict.entries, verdict.seals) == (7, 2)


ALTERATIONS = [
    "action = 'other'",
    "at = at + interval '1 microsecond'",
    "user_id = gen_random_uuid()",
    "organisation_id = 9",
    "audience = '{9}'",
    "target_type = 'user'",
    "request_id = gen_random_uuid()",
    "target_id = '7'",
    "shown_ids = '{1}'",
    "reason = 'because'",
    """details = '{"page": 1}'""",
    "digest = sha256('')",
    "salt = 'salt', digest = ledger.digest('salt', target_id, shown_ids, reason, details)",
    "xid = '999999999999'",
]


def test_every_altered_row_is_named(ledger):
    rows = ledger.note(len(ALTERATIONS) + 3)
    ledger.seal()
    for row, change in zip(rows, ALTERATIONS, strict=False):
        ledger.tamper(f"UPDATE ledger.entry SET {change} WHERE id = {row}")
    named = {int(finding.split()[1]) for finding in ledger.verify().findings}
    assert named == set(rows[: len(ALTERATIONS)])
    assert all("was altered" in finding for finding in ledger.verify().findings)


def test_a_removed_row_is_named(sealed):
    row = sealed.numbers()[4]
    sealed.tamper(f"DELETE FROM ledger.entry WHERE id = {row}")
    assert sealed.verify().findings == [f"row {row} was removed"]


def test_a_row_inserted_into_the_past_is_named(sealed):
    first = sealed.numbers()[0]
    sealed.tamper(
        "INSERT INTO ledger.entry (id, xid, action, digest, salt, target_id, shown_ids, reason,"
        " details) SELECT 9000, xid, action, digest, salt, target_id, shown_ids, reason, details"
        f" FROM ledger.entry WHERE id = {first}"
    )
    assert sealed.verify().findings == ["row 9000 was inserted afterwards"]


def test_two_rows_put_in_each_others_place_are_named(sealed):
    one, two = sealed.numbers()[:2]
    sealed.tamper(
        f"UPDATE ledger.entry SET id = 9000 WHERE id = {one}",
        f"UPDATE ledger.entry SET id = {one} WHERE id = {two}",
        f"UPDATE ledger.entry SET id = {two} WHERE id = 9000",
    )
    assert sealed.verify().findings == [
        f"row {number} was altered or moved" for number in (one, two)
    ]


def test_an_emptied_table_is_named(sealed):
    sealed.tamper("TRUNCATE ledger.entry")
    assert sealed.verify().findings == ["the table is empty: 6 sealed rows are gone"]


def test_a_row_emptied_without_an_erasure_is_named(sealed):
    row = sealed.numbers()[2]
    sealed.tamper(
        "UPDATE ledger.entry SET target_id = NULL, shown_ids = NULL, reason = NULL,"
        f" details = NULL, salt = NULL WHERE id = {row}"
    )
    assert sealed.verify().findings == [f"row {row} was emptied without an erasure"]


TOUCHED = [
    ("DELETE FROM ledger.seal WHERE number = 1", "seals 1 to 1 are missing"),
    ("UPDATE ledger.seal SET at = now() WHERE number = 1", "seal 1 was altered"),
    ("UPDATE ledger.seal SET hash = sha256('') WHERE number = 2", "seal 2 was altered"),
    ("UPDATE ledger.seal SET signature = '' WHERE number = 2", "seal 2 is not signed"),
    ("UPDATE ledger.seal SET key_id = 'other' WHERE number = 1", "unknown key, other"),
    ("UPDATE ledger.seal SET from_xid = '9' WHERE number = 2", "transactions were left out"),
    ("UPDATE ledger.seal SET leaves = leaves || leaves", "was altered"),
    ("UPDATE ledger.seal SET number = -number", "are missing"),
]


def test_a_seal_that_was_touched_is_named(sealed):
    sealed.tamper("CREATE TABLE kept AS SELECT * FROM ledger.seal")
    for statement, said in TOUCHED:
        sealed.tamper(statement)
        assert any(said in finding for finding in sealed.verify().findings), statement
        sealed.tamper("TRUNCATE ledger.seal", "INSERT INTO ledger.seal SELECT * FROM kept")
    assert sealed.verify().findings == []


def test_a_history_that_was_written_anew_has_another_head(sealed):
    """Whoever holds the sealing key as well is betrayed by a head kept elsewhere."""
    number, kept = sealed.verify().head.split()
    sealed.tamper("TRUNCATE ledger.seal", "DELETE FROM ledger.entry WHERE id % 2 = 0")
    sealed.seal()
    sealed.note()
    sealed.seal()
    assert sealed.verify().findings == []
    assert sealed.verify({int(number): kept}).findings == [
        f"seal {number} is not the one that was kept elsewhere"
    ]


def test_seals_cut_off_at_the_end_are_missed_by_the_head_kept_elsewhere(sealed):
    number, kept = sealed.verify().head.split()
    sealed.tamper(
        "DELETE FROM ledger.entry WHERE id IN (SELECT unnest(entry_ids) FROM ledger.seal"
        " WHERE number = 2)",
        "DELETE FROM ledger.seal WHERE number = 2",
    )
    assert "kept elsewhere" in sealed.verify({int(number): kept}).findings[0]
