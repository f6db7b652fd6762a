"""Marks the folder of Taipan's own Python modules, by which the program finds it."""
