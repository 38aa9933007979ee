"""Answers given at the table, told: the same blocks in the terminal, the page and Markdown."""
