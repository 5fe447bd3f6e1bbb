"""Long work in the background: a row for each job, a maker for each kind, and progress that the person who asked can see.

Vocabulary: a *job kind* is a document that upper apps declare; a *job* is one request for it, with its
parameters, language and the state of the register it was asked at. Invariants: the same request is one job;
a job that is done has exactly one stored file and never changes.
"""
