from django.urls import path

from . import views

urlpatterns = [
    path("journal/", views.journal, name="journal"),
    path("journal/<int:pk>/", views.journal_entry, name="journal_entry"),
]
