from django.urls import path, register_converter

from .converters import DayConverter, MonthConverter
from .views import tally

register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")

tally_urls = [
    path("tally/", tally.tally_places, name="tally_places"),
    path("tally/<int:pk>/", tally.tally_sheets, name="tally_sheets"),
    path("tally/<int:pk>/<month:month>/", tally.tally_sheets, name="tally_sheets"),
    path("tally/<int:pk>/today/", tally.tally_sheet, name="tally_sheet"),
    path("tally/<int:pk>/<day:day>/", tally.tally_sheet, name="tally_sheet"),
    path("tally/<int:pk>/<day:day>/<int:number>/", tally.tally_sheet, name="tally_sheet"),
    path(
        "tally/<int:pk>/<day:day>/<int:number>/cancel/",
        tally.tally_sheet_cancel,
        name="tally_sheet_cancel",
    ),
    path(
        "tally/<int:pk>/<day:day>/<int:number>/restore/",
        tally.tally_sheet_restore,
        name="tally_sheet_restore",
    ),
]

urlpatterns = [*tally_urls]
