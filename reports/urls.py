from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/chart/<slug:name>/", views.dashboard_chart, name="dashboard_chart"),
    path(
        "dashboard/figure/<int:program>/<int:indicator>/",
        views.figure_evidence,
        name="figure_evidence",
    ),
    path("exports/", views.exports, name="exports"),
    path("exports/new/", views.export_request, name="export_request"),
    path("exports/approvals/", views.export_approvals, name="export_approvals"),
    path("exports/approvals/<uuid:pk>/", views.export_review, name="export_review"),
    path("exports/<uuid:pk>/", views.export, name="export"),
    path("exports/<uuid:pk>/passphrase/", views.export_passphrase, name="export_passphrase"),
    path("exports/<uuid:pk>/download/", views.export_download, name="export_download"),
    path("exports/<uuid:pk>/withdraw/", views.export_withdraw, name="export_withdraw"),
]
