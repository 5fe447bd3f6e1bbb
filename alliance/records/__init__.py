"""What is kept and who is told: stored files, uploads, notices, and the relay that writes and mails them.

Vocabulary: a *stored file* is bytes under their own SHA-256, with a name and a type; a *notice* tells one
person of one register entry. Invariants: a stored file's row never changes and its bytes are on the disk
before its row commits; a person has at most one notice of an entry.
"""
