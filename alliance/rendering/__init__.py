"""The engine for documents: PDF, spreadsheets, charts, and the jobs that make long ones.

Vocabulary: a *job kind* is a document that upper apps declare; a *job* is one request for it, with its
parameters, language and the state of the register it was asked at. Invariants: the same request is one job;
a job that is done has exactly one stored file and never changes.
"""
