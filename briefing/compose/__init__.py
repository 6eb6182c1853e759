"""The compose stage: a dossier and a recipe in, a document out."""

from briefing.compose.document import compose

__all__ = ["compose"]
