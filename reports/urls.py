from django.urls import path

from . import views

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/chart/<slug:name>/", views.dashboard_chart, name="dashboard_chart"),
    path("dashboard/figures.csv", views.export_csv, name="export_csv"),
    path("dashboard/figures.xlsx", views.export_xlsx, name="export_xlsx"),
    path(
        "dashboard/figure/<int:program>/<int:indicator>/",
        views.figure_evidence,
        name="figure_evidence",
    ),
]
