from django.urls import path, register_converter

from .converters import DayConverter, MonthConverter
from .views import board, cell, lock, paste, report, tally, workbook

register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")

count_urls = [
    path("counts/", board.count_board, name="count_board"),
    path(
        "counts/<int:program_pk>/<int:site_pk>/<month:month>/open/",
        board.count_report_open,
        name="count_report_open",
    ),
    path("counts/<int:pk>/", report.count_report, name="count_report"),
    path("counts/<int:pk>/submit/", report.count_report_submit, name="count_report_submit"),
    path(
        "counts/<int:pk>/take-back/", report.count_report_take_back, name="count_report_take_back"
    ),
    path("counts/<int:pk>/approve/", report.count_report_approve, name="count_report_approve"),
    path("counts/<int:pk>/return/", report.count_report_return, name="count_report_return"),
    path("counts/<int:pk>/correct/", report.count_report_correct, name="count_report_correct"),
    path("counts/<int:pk>/discard/", report.count_report_discard, name="count_report_discard"),
    path("counts/<int:pk>/paste/", paste.count_report_paste, name="count_report_paste"),
    path("counts/<int:pk>/cell/", cell.count_cell_save, name="count_cell_save"),
    path("counts/<int:pk>/comment/", cell.count_comment_save, name="count_comment_save"),
    path(
        "counts/<int:pk>/rows/<int:indicator_pk>/mark/", cell.count_row_mark, name="count_row_mark"
    ),
    path(
        "counts/<int:pk>/rows/<int:indicator_pk>/note/",
        cell.count_note_save,
        name="count_note_save",
    ),
    path(
        "counts/<int:pk>/rows/<int:indicator_pk>/history/",
        cell.count_cell_history,
        name="count_cell_history",
    ),
    path(
        "counts/<int:pk>/rows/<int:indicator_pk>/history/<int:cell_pk>/",
        cell.count_cell_history,
        name="count_cell_history",
    ),
]

lock_urls = [
    path("counts/locks/", lock.period_locks, name="period_locks"),
    path("counts/locks/new/", lock.period_lock, name="period_lock"),
    path("counts/locks/<int:pk>/lift/", lock.period_lock_lift, name="period_lock_lift"),
    path("counts/locks/<int:pk>/exception/", lock.lock_exception, name="lock_exception"),
]

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

workbook_route = "workbooks/<int:organisation_id>/<month:month>/"
workbook_urls = [
    path("workbooks/", workbook.workbooks, name="workbooks"),
    path(workbook_route, workbook.workbook, name="workbook"),
    path(f"{workbook_route}download/", workbook.workbook_download, name="workbook_download"),
    path(f"{workbook_route}send/", workbook.workbook_upload, name="workbook_upload"),
    path("workbooks/<uuid:pk>/", workbook.workbook_apply, name="workbook_apply"),
]

urlpatterns = [*lock_urls, *count_urls, *tally_urls, *workbook_urls]
