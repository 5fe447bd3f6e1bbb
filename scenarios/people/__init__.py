"""The made-up people of the demonstration and the tests: who they are, and how they are entered."""
