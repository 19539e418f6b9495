"""Guards removed one at a time: a check must notice each, and none that nobody needs."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from accounts import sitting, tries
from accounts.models import User
from accounts.roles import Role
from audit import journal, showing
from audit.walls.checks import wall_errors
from ngo_portal import middleware
from tests.factories import make_organisation, make_user
from tests.proof import Figure, Run, proof
from tests.proof.asking import rows_of
from tests.proof.battery import failing
from tests.proof.refusing import Case, cases, met
from tests.proof.two_walls import narrowing, opened, without_policies, without_querysets
from tests.proof.walls_in_sql import scenes
from tests.scene import Scene

# Each guard that the catalogue knows: its name, what removes it, what puts it back. Histories are
# written by their triggers alone, so that the rules of their columns are those of the table.
POLICIES = """
SELECT format('policy %I on %I', p.policyname, p.tablename), p.policyname,
    format('DROP POLICY %I ON %I', p.policyname, p.tablename),
    format('CREATE POLICY %I ON %I AS %s FOR %s TO %s %s %s; COMMENT ON POLICY %I ON %I IS %L',
        p.policyname, p.tablename, p.permissive, p.cmd,
        (SELECT string_agg(quote_ident(r), ', ') FROM unnest(p.roles) r),
        'USING (' || p.qual || ')', 'WITH CHECK (' || p.with_check || ')',
        p.policyname, p.tablename, obj_description(o.oid, 'pg_policy'))
FROM pg_policies p
JOIN pg_policy o ON o.polname = p.policyname AND o.polrelid = format('%I', p.tablename)::regclass
WHERE p.schemaname = 'public'
"""
FLAGS = """
SELECT format('%s of %I', said, relname), relname, format('ALTER TABLE %I %s', relname, off),
    format('ALTER TABLE %I %s', relname, back)
FROM pg_class, (VALUES
    ('row-level security', 'DISABLE ROW LEVEL SECURITY', 'ENABLE ROW LEVEL SECURITY'),
    ('its hold on the owner', 'NO FORCE ROW LEVEL SECURITY', 'FORCE ROW LEVEL SECURITY')
) AS flags(said, off, back)
WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
"""
TRIGGERS = """
SELECT format('trigger %I of %s', tgname, tgrelid::regclass), tgname,
    format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
    format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname)
FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text !~ '^procrastinate'
"""
CONSTRAINTS = """
SELECT format('rule %I of %s', conname, conrelid::regclass), conname,
    format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
        pg_get_constraintdef(oid))
FROM pg_constraint c
WHERE connamespace = 'public'::regnamespace AND conname = ANY(OURS)
  AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid
                  AND f.oid <> c.oid)
"""
INDEXES = """
SELECT format('rule %s', indexrelid::regclass), indexrelid::regclass::text,
    format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indisunique AND indexrelid::regclass::text = ANY(OURS)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
OF_A_REQUEST = re.compile(r"^ngo_portal\.|SecurityMiddleware|Csrf|Session|Authentication")
STRANGERS = [Role.COORDINATOR, Role.ADMINISTRATOR, Role.FIELD_WORKER]
UNNEEDED = "ALTER TABLE programs_site ADD CONSTRAINT unneeded CHECK (true)"


@dataclass(frozen=True)
class Guard:
    """A guard of the database, as its catalogue names it."""

    label: str
    name: str
    off: str
    back: str


@dataclass
class Found:
    """What was removed so far, and what nobody noticed."""

    run: Run
    tried: int = 0
    unnoticed: list[str] = field(default_factory=list)

    def note(self, label: str, *, is_noticed: bool) -> None:
        self.tried += 1
        if not is_noticed:
            self.unnoticed.append(label)
        self.run.tell(self.tried)


@contextmanager
def owner() -> Iterator[psycopg.Connection]:
    parts = conninfo_to_dict(settings.DATABASE_OWNER_URL)
    parts["dbname"] = connection.settings_dict["NAME"]
    with psycopg.connect(**parts, autocommit=True) as session:
        yield session


def of_the_database(session: psycopg.Connection) -> list[Guard]:
    """Policies, flags, triggers and rules, as they stand in the catalogue."""
    models = [model for model in apps.get_models() if model._meta.managed]
    ours = [rule.name for model in models for rule in model._meta.constraints]
    said = sql.Literal(ours).as_string(session)
    queries = (POLICIES, FLAGS, TRIGGERS, CONSTRAINTS, INDEXES)
    return [Guard(*r) for query in queries for r in session.execute(query.replace("OURS", said))]


def start_refuses() -> bool:
    """The portal does not serve: its own check names what is missing."""
    return bool(wall_errors())


def is_missed(meeting: list[Case], run: Run) -> bool:
    """Whether a test that meets the rule fails; where none does, the start alone can tell."""
    return not meeting or any(not case.passes(run) for case in meeting)


def without_each(guards: list[Guard], tests: dict, found: Found) -> None:
    """The start must refuse, and a test that meets the rule must fail."""
    with owner() as session:
        for guard in guards:
            session.execute(guard.off)
            try:
                is_noticed = start_refuses() and is_missed(tests.get(guard.name, []), found.run)
            finally:
                session.execute(guard.back)
            found.note(guard.label, is_noticed=is_noticed)


@contextmanager
def patched(owner: object, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def of_a_request() -> dict[str, Callable]:
    """Each layer that a request goes through, and each question at the door of a page."""
    layers = {
        f"layer {name}": lambda name=name: patched(
            settings, "MIDDLEWARE", [each for each in settings.MIDDLEWARE if each != name]
        )
        for name in settings.MIDDLEWARE
        if OF_A_REQUEST.search(name)
    }

    def nothing(*args, **kwargs) -> None:
        return None

    steps = {
        "the registry of pages": (middleware.ScopeMiddleware, "process_view", nothing),
        "the right of a page": (User, "has_perm", lambda *args: True),
        "the second factor": (sitting, "missing_factor", lambda request: ""),
        "fresh proofs": (sitting, "is_fresh", lambda request: True),
        "waits between guesses": (tries, "take", lambda counts: 0),
        "the journal": (journal, "record", nothing),
        "whom a page shows": (showing, "write_down", nothing),
    }
    return layers | {name: lambda step=step: patched(*step) for name, step in steps.items()}


def without_each_step(scene: Scene, chosen: dict[str, Callable], found: Found) -> None:
    for label, remove in chosen.items():
        with remove():
            is_noticed = bool(failing(scene))
        found.note(label, is_noticed=is_noticed)


def without_each_queryset(scene: Scene, chosen: list[type], found: Found) -> None:
    """With row-level security down: what strangers then find, in a list or at an address."""
    people = {role: make_user(role, make_organisation()) for role in STRANGERS}
    without_policies()
    for each in chosen:
        assert not listed(each, scene, people)
        with without_querysets(each):
            is_noticed = listed(each, scene, people)
            if found.run.is_full and not is_noticed:
                is_noticed = bool(opened(scene, people, ["en"])[1])
        found.note(f"visible_to of {each.__qualname__}", is_noticed=is_noticed)


def listed(queryset: type, scene: Scene, people: dict[str, User]) -> bool:
    """Whether a stranger's list holds a row of the scene."""
    models = [m for m in apps.get_models() if isinstance(m._default_manager.all(), queryset)]
    theirs = {model: rows_of(model, scene) for model in models}
    if User in theirs:  # of no organisation, but of those they work for
        theirs[User] = User.objects.filter(memberships__organisation=scene.organisation)
    return any(
        rows is not None and model._default_manager.visible_to(person).filter(pk__in=rows).exists()
        for model, rows in theirs.items()
        for person in people.values()
    )


def unneeded(scene: Scene, run: Run) -> int:
    """The control: guards that nobody needs, removed, are not missed by the same checks."""
    found = Found(run)
    with owner() as session:
        session.execute(UNNEEDED)
    off, back = "ALTER TABLE programs_site DROP CONSTRAINT unneeded", UNNEEDED
    without_each([Guard("unneeded", "unneeded", off, back)], {}, found)
    without_each_step(scene, {"nothing": lambda: patched(settings, "DEBUG", settings.DEBUG)}, found)
    return len(found.unnoticed)


@proof("Guards removed one at a time: noticed by no check", commits=True)
def guards(run: Run) -> Figure:
    (scene, _other), chance, found = scenes(), random.Random(4), Found(run)  # noqa: S311
    assert not start_refuses()
    assert failing(scene) == set(), failing(scene)

    def some(everything: list, quick: int) -> list:
        return everything if run.is_full else chance.sample(everything, quick)

    control = unneeded(scene, run)
    tests = met(some(list(cases()), 6), run)
    with owner() as session:
        known = of_the_database(session)
    hit = [guard for guard in known if guard.name in tests]
    without_each(known if run.is_full else [*hit[:4], *some(known, 12)], tests, found)
    steps = of_a_request()
    without_each_step(scene, {name: steps[name] for name in some(list(steps), 3)}, found)
    without_each_queryset(scene, some(narrowing(), 3), found)
    return Figure(
        tried=found.tried,
        wrong=len(found.unnoticed),
        control=control,
        unit=f"guards ({len(hit)} of the database also met by a test that then fails)",
        without="that nobody needs",
        examples=tuple(found.unnoticed[:40]),
    )
