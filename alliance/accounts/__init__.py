"""Pages about persons: their accounts on django-allauth, invitations, people and their roles, the people of an organisation.

*Attempt*: somebody gives an address and a password; wrong ones are counted. *Letter*: a mail about an account.
Invariants: no answer tells whether an address has an account; nobody can keep an owner out; none of allauth's own words
or templates reach a page or a mail.
"""
