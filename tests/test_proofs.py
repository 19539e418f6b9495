"""Every proof: quickly in `make test`, at full scale in `make prove`, which writes the page."""

import pytest

from tests.proof import Figure, Proof, Run, every_proof
from tests.proof.page import row, rows_of, write

PROOFS = every_proof()
IN_A_TRANSACTION = [each for each in PROOFS if not each.commits]
COMMITTING = [each for each in PROOFS if each.commits]


def hold(proof: Proof, request) -> None:
    """Run one proof; nothing may be wrong, and the control must have caught something."""
    run = Run(proof.name, request.config.getoption("--prove"), request)
    figure = proof.function(run)
    if run.is_full:
        found = request.config.stash[FOUND]
        found[proof.name] = figure
        write(PROOFS, found)
        run.say("\n".join(["", *figure.examples, ""]))
    assert figure.wrong == 0, "\n".join(figure.examples)
    assert figure.tried > 0
    assert figure.control > 0, "the control found nothing: this check cannot fail"


FOUND = pytest.StashKey[dict[str, Figure]]()


@pytest.fixture(autouse=True)
def found_so_far(request):
    request.config.stash.setdefault(FOUND, {})


@pytest.mark.django_db
@pytest.mark.parametrize("proof", IN_A_TRANSACTION, ids=lambda each: each.key)
def test_a_proof_holds(proof, request):
    hold(proof, request)


@pytest.mark.parametrize("proof", COMMITTING, ids=lambda each: each.key)
def test_a_proof_that_commits_holds(proof, request, own_database):
    hold(proof, request)


def test_the_page_keeps_what_another_run_found(tmp_path):
    path = tmp_path / "proof.md"
    one, two = (Proof(name, lambda run: None) for name in ("One thing", "Another"))
    write([one, two], {"One thing": Figure(12_000, 0, 3, "pairs", "without the registry")}, path)
    write([one, two], {"Another": Figure(5, 0, 1)}, path)
    rows = rows_of(path.read_text(encoding="utf-8"))
    assert list(rows) == ["One thing", "Another"]
    assert "| 12 000 pairs | **0** | 3 without the registry |" in rows["One thing"]


def test_a_row_names_its_command():
    def access_pairs(run):
        return None

    line = row(Proof("Access", access_pairs), Figure(1, 0, 1), __import__("datetime").date.min)
    assert 'make prove ARGS="-k access_pairs"' in line
