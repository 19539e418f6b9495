"""What the database refuses of documents."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from programs.models import Document
from programs.violations import explained

from .factories import make_document, make_organisation

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def lead():
    return make_organisation("Lead association")


REFUSALS = {
    "document_title_filled": {"title": " "},
    "document_kind": {"kind": "LETTER"},
    "document_language": {"language": "xx"},
    "document_content_type": {"content_type": "text/html"},
    "document_file_format": {"sha256": "x" * 64},
    "document_valid_not_empty": {"valid": (TODAY, TODAY)},
    "document_valid_from_a_day": {"valid": (None, TODAY)},
    "document_withdrawn_by_someone_for_a_reason": {"withdrawn_at": timezone.now()},
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_database_refuses(lead, name):
    with pytest.raises(ValidationError) as refused, explained():
        make_document(lead, **REFUSALS[name])
    assert refused.value.code == name


def test_a_document_replaces_one_of_its_own_organisation(lead):
    foreign = make_document()
    with pytest.raises(ValidationError) as refused, explained():
        make_document(lead, replaces=foreign)
    assert refused.value.code == "document_replaces_one_of_its_organisation"


def test_a_document_is_replaced_once(lead):
    old = make_document(lead)
    make_document(lead, replaces=old)
    with pytest.raises(ValidationError) as refused, explained():
        make_document(lead, replaces=old)
    assert refused.value.code == "document_replaced_once"


def test_a_document_does_not_replace_itself(lead):
    own = uuid.uuid4()
    with pytest.raises(ValidationError) as refused, explained():
        make_document(lead, id=own, replaces_id=own)
    assert refused.value.code == "document_replaces_another"


@pytest.mark.parametrize("field", ["title", "sha256", "file", "valid"])
def test_what_was_sent_never_changes(lead, field):
    document = make_document(lead)
    other = {"title": "Other", "sha256": "0" * 64, "file": "0" * 32, "valid": (TODAY, None)}
    with pytest.raises(ValidationError), explained():
        Document.objects.filter(pk=document.pk).update(**{field: other[field]})
