"""An organisation's rows deleted by mistake come back: the database as it was a moment before."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import time

import psycopg
from psycopg.conninfo import make_conninfo

from ngo_portal.backup.facts import facts
from ngo_portal.launch import roles
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.postgres import SUPERUSER, Cluster
from tests import rig
from tests.proof import Figure, Run, proof
from tests.scene import make_scene

MISTAKE = """
SELECT format('DELETE FROM %I.%I WHERE organisation_id = ', table_schema, table_name)
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE column_name = 'organisation_id' AND table_type = 'BASE TABLE'
"""


@proof("Point-in-time recovery after an organisation's rows were deleted", commits=True)
def point_in_time(run: Run) -> Figure:
    """Tried: rows there before. Control: rows missing without the recovery."""
    scene = make_scene()
    for _one in range(run.amount(quick=0, full=20)):
        make_scene()
    with rig.cluster("wal") as cluster:
        archive = cluster.home.folder / f"{cluster.name}-archive"
        backup = cluster.home.folder / f"{cluster.name}-base"
        try:
            env = rig.furnish(cluster, run.fixture("tmp_path"))
            archived(cluster, archive)
            base_backup(cluster, backup)
            work_goes_on(cluster)
            before, moment = known(env), now(cluster)
            time.sleep(0.2)
            delete_all_of(cluster, scene.organisation.pk)
            lost = missing(before, known(env))
            finish_segment(cluster, archive)
            started = time.monotonic()
            found = recovered(cluster, backup, archive, moment)
            seconds = time.monotonic() - started
        finally:
            for folder in (archive, backup):
                shutil.rmtree(folder, ignore_errors=True)
    return Figure(
        tried=sum(rows for rows, _hash in before["tables"].values()),
        wrong=missing(before, found) + changed(before, found),
        control=lost,
        unit=f"rows, recovered in {seconds:.1f} s",
        without="rows missing without it",
    )


def archived(cluster: Cluster, archive) -> None:
    """Keep every finished piece of the log, as docs/security/backup.md says; needs a restart."""
    cluster.home.make_private(archive)
    cluster.settings |= {
        "archive_mode": "on",
        "archive_timeout": "60s",
        "archive_command": f"test ! -f '{archive}/%f' && cp %p '{archive}/%f'",
    }
    cluster.stop()
    rig.start(cluster)


def run_program(cluster: Cluster, name: str, *arguments: object) -> None:
    options = cluster.process_options()
    options["env"] = options["env"] | {"PGPASSWORD": cluster.password(SUPERUSER)}
    program = [cluster.home.programs / name, *map(str, arguments)]
    done = subprocess.run(program, **options, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def base_backup(cluster: Cluster, folder) -> None:
    """A copy of the whole cluster, checked against its manifest."""
    cluster.home.make_private(folder)
    place = ["-h", cluster.socket, "-U", SUPERUSER, "--no-password"]
    run_program(cluster, "pg_basebackup", *place, "-D", folder, "-c", "fast", "-X", "stream")
    run_program(cluster, "pg_verifybackup", folder)


def work_goes_on(cluster: Cluster) -> None:
    """What is written after the base backup is in the log alone."""
    with rig.superuser(cluster) as session:
        session.execute("UPDATE programs_organisation SET language = 'fr'")


def known(env: dict[str, str]) -> dict:
    with psycopg.connect(env["DATABASE_BACKUP_URL"]) as session:
        return facts(session)


def now(cluster: Cluster) -> dt.datetime:
    with rig.superuser(cluster) as session:
        return session.execute("SELECT clock_timestamp()").fetchone()[0]


def delete_all_of(cluster: Cluster, organisation: int) -> None:
    """The mistake: as the keeper of the server, without a rule that would stop it."""
    with rig.superuser(cluster) as session, session.transaction():
        session.execute("SET LOCAL session_replication_role = replica")
        for (statement,) in session.execute(MISTAKE).fetchall():
            session.execute(f"{statement} {organisation:d}")


def finish_segment(cluster: Cluster, archive) -> None:
    """Wait until what was written last is in the archive, at most a minute in production."""
    with rig.superuser(cluster) as session:
        query = "SELECT pg_walfile_name(pg_switch_wal())"
        name = session.execute(query).fetchone()[0]
    deadline = time.monotonic() + 60
    while not (archive / name).exists() and time.monotonic() < deadline:
        time.sleep(0.1)


def recovered(cluster: Cluster, backup, archive, moment: dt.datetime) -> dict:
    """Start the copy and let it play the log until just before the mistake."""
    again = Cluster(
        HERE,
        f"postgres-back-{os.getpid()}",
        {
            "restore_command": f"cp '{archive}/%f' %p",
            "recovery_target_time": moment.isoformat(),
            "recovery_target_action": "promote",
        },
        disposable=True,
    )
    try:
        backup.rename(again.data)
        (again.data / "recovery.signal").touch()
        with rig.left_running():
            again.start(detached=False)
        parts = {"host": str(again.socket), "dbname": roles.DATABASE, "user": roles.BACKUP}
        url = make_conninfo(**parts, password=cluster.password(roles.BACKUP))
        return known({"DATABASE_BACKUP_URL": url})
    finally:
        again.stop()
        rig.remove(again)


def missing(before: dict, after: dict) -> int:
    """Rows that were there, table by table, and are not any more."""
    tables = before["tables"]
    return sum(max(0, rows - after["tables"][name][0]) for name, (rows, _hash) in tables.items())


def changed(before: dict, after: dict) -> int:
    """Tables whose content is not what it was."""
    return sum(after["tables"][name] != content for name, content in before["tables"].items())
