"""A contract as a document in each language: its terms, its signatures, and the register's proof of both (R63).

`gather` asks the rows, `figures` is what they answered, frozen; `document` sets the pages and `jobs` has a worker do it.
The document rests on the contract's own newest register entry: asked for again while the contract stands as it is,
it is the same file.
"""
