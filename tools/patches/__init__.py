"""Patches and layouts for the programs that people perform with, written from the stage's own tables by `make patches`.

One file for each program: it holds the table of what the performer sees, and turns it into that program's format. The
bytes are the same every time, so that a test can tell whether the shipped files are current.
"""
