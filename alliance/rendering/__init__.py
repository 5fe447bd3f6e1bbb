"""The engine for documents: PDF, spreadsheets, charts."""
