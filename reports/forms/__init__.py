from .export import ExportForm, ReviewForm

__all__ = ["ExportForm", "ReviewForm"]
