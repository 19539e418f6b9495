from django.urls import path

from . import views

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("organisations/<int:pk>/documents/add/", views.document_add, name="document_add"),
    path("documents/<uuid:pk>/", views.document_file, name="document_file"),
    path("documents/<uuid:pk>/replace/", views.document_replace, name="document_replace"),
    path("documents/<uuid:pk>/withdraw/", views.document_withdraw, name="document_withdraw"),
    path("programs/", views.programs, name="programs"),
    path("programs/<int:pk>/", views.program, name="program"),
    path("sites/", views.sites, name="sites"),
    path("sites/<int:pk>/", views.site, name="site"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<int:pk>/", views.indicator, name="indicator"),
    path("projects/", views.projects, name="projects"),
    path("projects/<int:pk>/", views.project, name="project"),
]
